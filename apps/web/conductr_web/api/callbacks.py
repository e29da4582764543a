"""/callbacks/suno: where a gateway says that something happened to a song. It needs no login: it knows a secret."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, request

from conductr.callbacks import Callbacks
from conductr_web.errors import NotHere, TooOften
from conductr_web.payloads import Json
from conductr_web.strangers import Strangers

CALLBACKS: Final = "callbacks"  # the blueprint: what comes there comes from no page, so a page's rules do not hold
LONGEST_NONCE: Final = 200  # characters; ours have 43


def callback_routes(callbacks: Callbacks) -> Blueprint:
    routes = Blueprint(CALLBACKS, __name__, url_prefix="/callbacks")
    strangers = Strangers()

    async def suno(nonce: str) -> Json:
        """A body that cannot be read is a hint all the same, but where its gateway signs."""
        address = request.remote_addr or ""
        said = await request.get_data(as_text=False)
        body, headers = said if isinstance(said, bytes) else b"", dict(request.headers)
        known = len(nonce) <= LONGEST_NONCE and await callbacks.receive(nonce, body, headers)
        if not known:  # only they are counted: behind a proxy Suno and a guesser have one address
            turned_away = strangers.turned_away(address)
            strangers.missed(address)
            raise TooOften if turned_away else NotHere
        return {"status": "received"}

    routes.post("/suno/<nonce>")(suno)
    return routes
