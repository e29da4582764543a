"""create_app: the web page over a Conductr. Opens the browser room while it serves."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from quart import Quart, Response, request

from conductr import BROWSER_ROOM, Conductr
from conductr_player import Broadcast

from .api import CALLBACKS, callback_routes, playback_routes, song_routes
from .live import Live
from .pages import error_answer, page_routes
from .security import BODY_LIMIT, Guard, add_headers
from .steady import Steady

_LIVE: Final = "conductr_live"


def create_app(conductr: Conductr) -> Quart:
    """Keeps nothing of its own: all that it shows comes from `conductr`."""
    app = Quart("conductr_web")
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["BODY_TIMEOUT"] = 20
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0
    guard, broadcast, steady = Guard(), Broadcast(), Steady()
    live = Live(conductr, broadcast, steady)
    app.extensions[_LIVE] = live

    async def let_in() -> None:
        if request.blueprint != CALLBACKS:
            guard.check(request)

    async def dress(response: Response) -> Response:
        add_headers(response.headers)
        return response

    async def serve_room() -> AsyncGenerator[None, None]:
        async with steady.running(), live.running():
            await conductr.host.open_room(
                BROWSER_ROOM,
                broadcast,
                BROWSER_ROOM,
                "Browser room",
                guild_name="Browser room",
                listeners=lambda: broadcast.count,
            )
            yield
            await conductr.host.close_room(BROWSER_ROOM)

    app.before_request(let_in)
    app.after_request(dress)
    app.while_serving(serve_room)
    app.register_error_handler(Exception, error_answer)
    for routes in (
        page_routes(guard, live, broadcast),
        playback_routes(conductr, live),
        song_routes(conductr),
        callback_routes(conductr.callbacks),
    ):
        app.register_blueprint(routes)
    for name, view in app.view_functions.items():
        app.view_functions[name] = steady.view(app.ensure_async(view))
    return app


def let_everybody_go(app: Quart) -> None:
    """End the endless answers, so that the server closes at once rather than after a grace period."""
    live: Live = app.extensions[_LIVE]
    live.close()
    live.broadcast.close()
