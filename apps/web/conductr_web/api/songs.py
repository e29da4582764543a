"""/api/songs: make one, find one, look at its cover, take its audio along."""

from __future__ import annotations

from pathlib import Path
from re import sub
from typing import Final
from unicodedata import normalize

from quart import (
    Blueprint,
    Response,
    request,
    send_file,  # pyright: ignore[reportUnknownVariableType]  (a bare PathLike in Quart's own types)
)

from conductr import BROWSER_ROOM, Conductr, Wish, browser_caller
from conductr_web.errors import BadBody
from conductr_web.payloads import Json, generation_json, page_json, song_json
from conductr_web.security import check_room

from .bodies import GenerateBody, read

PAGE_LIMIT: Final = 50
SEARCH_LIMIT: Final = 200  # characters
_IMAGES: Final = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_CACHED: Final = "private, max-age=86400, immutable"  # files are named by their content and never change


def song_routes(conductr: Conductr) -> Blueprint:
    routes = Blueprint("songs", __name__, url_prefix="/api/songs")
    library = conductr.library

    @routes.get("")
    async def search() -> Json:
        check_room(request.args.get("guild"))
        limit, offset = _whole("limit", 12, PAGE_LIMIT), _whole("offset", 0, 1_000_000)
        text = request.args.get("q", "")[:SEARCH_LIMIT]
        return page_json(await library.search(BROWSER_ROOM, text, limit, offset))

    @routes.post("/generate")
    async def generate() -> tuple[Json, int]:
        body = await read(request, GenerateBody)
        wish = Wish(body.prompt, body.style, body.title, body.lyrics, body.instrumental)
        caller = browser_caller()
        made = await conductr.generations.start(caller, wish, f"web:{body.request_id}", anew=body.anew)
        if made.repeated:
            await conductr.playback.play(caller, next(song.id for song in made.songs if song.state == "ready"))
        return generation_json(made), 202

    @routes.get("/<song_id>")
    async def song(song_id: str) -> Json:
        return song_json(await library.song(browser_caller(), song_id))

    @routes.get("/<song_id>/cover")
    async def cover(song_id: str) -> Response:
        path = await library.cover(browser_caller(), song_id)
        return await _file(path, _IMAGES.get(path.suffix.lower(), "application/octet-stream"))

    @routes.get("/<song_id>/audio")
    async def audio(song_id: str) -> Response:
        path = await library.audio(browser_caller(), song_id)
        response = await _file(path, "audio/mpeg")
        if "download" in request.args:
            title = (await library.song(browser_caller(), song_id)).title
            response.headers.add("Content-Disposition", "attachment", filename=file_name(title))
        return response

    _ = search, generate, song, cover, audio  # routed by their decorators
    return routes


async def _file(path: Path, media_type: str) -> Response:
    """A file with its own type, in ranges where asked. Raises OSError where it is gone."""
    response = await send_file(path, mimetype=media_type, conditional=True)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = _CACHED
    response.timeout = None
    return response


def file_name(title: str) -> str:
    """A title as the name of a file on any system: ASCII letters, digits and dashes."""
    plain = normalize("NFKD", title).encode("ascii", "ignore").decode()
    return (sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:80] or "song") + ".mp3"


def _whole(name: str, default: int, limit: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadBody(400, f"{name} has to be a whole number.", "For example ?limit=12&offset=0.", name)
    return min(int(text), limit)
