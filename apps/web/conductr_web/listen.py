"""The browser room's sound, as answers to browsers: the player's broadcast, and the page's words for its refusal."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from conductr_player import Broadcast, Form, TooManyListeners

from .errors import TooManyOpen


async def listen_to(broadcast: Broadcast, form: str) -> tuple[AsyncGenerator[bytes, None], str]:
    """The sound from now on, and its media type; Ogg where the form is unknown. Raises TooManyOpen."""
    kind = Form(form) if form in list(Form) else Form.OGG
    try:
        return await broadcast.listen(kind), kind.media_type
    except TooManyListeners as error:
        raise TooManyOpen(error.limit) from None
