"""/api/queue: what plays, and the buttons under it."""

from __future__ import annotations

from quart import Blueprint, request

from conductr import BROWSER_ROOM, Conductr, browser_caller
from conductr.outcomes import Outcome
from conductr.replies import word
from conductr_web.live import Live
from conductr_web.payloads import Json
from conductr_web.security import check_room

from .bodies import Body, PlayBody, SkipBody, read


def playback_routes(conductr: Conductr, live: Live) -> Blueprint:
    routes = Blueprint("queue", __name__, url_prefix="/api/queue")

    async def done(outcome: Outcome) -> Json:
        """What happened in a sentence, and the queue that followed."""
        return {"text": word(outcome).text, "queue": await live.queue()}

    async def queue() -> Json:
        check_room(request.args.get("guild", str(BROWSER_ROOM)))
        return await live.queue()

    async def play() -> Json:
        body = await read(request, PlayBody)
        return await done(await conductr.playback.play(browser_caller(), body.song_id))

    async def pause() -> Json:
        await read(request, Body)
        return await done(await conductr.playback.pause(browser_caller()))

    async def skip() -> Json:
        body = await read(request, SkipBody)
        return await done(await conductr.playback.skip(browser_caller(), body.count))

    async def stop() -> Json:
        await read(request, Body)
        return await done(await conductr.playback.stop(browser_caller()))

    routes.get("")(queue)
    for button in (play, pause, skip, stop):
        routes.post(f"/{button.__name__}")(button)
    return routes
