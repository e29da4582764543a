"""The media host: finished songs with ranges, growing ones as a drip, covers, and every other file."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from suno_client.sandbox.house import House
from suno_client.sandbox.media_faults import broken_media, not_found
from suno_client.sandbox.served import Served

_MP3, _JPEG = "audio/mpeg", "image/jpeg"


class MediaHost:
    """Serves what one house has made. Like the real hosts it turns away clients that do not name themselves."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        return [
            Route("/media/stream/{clip_id}", self.stream),
            Route("/media/files/{name:path}", self.file),
            Route("/media/{clip_id}.mp3", self.audio),
            Route("/media/{clip_id}.jpeg", self.image),
        ]

    async def audio(self, request: Request) -> Response:
        take = self._house.book.take(request.path_params["clip_id"])
        return await self._serve(request, "media", take and Served(take.audio, _MP3, take))

    async def stream(self, request: Request) -> Response:
        take = self._house.book.take(request.path_params["clip_id"])
        return await self._serve(request, "stream", take and Served(take.audio, _MP3, take, growing=True))

    async def image(self, request: Request) -> Response:
        take = self._house.book.take(request.path_params["clip_id"])
        return await self._serve(request, "image", take and Served(take.cover, _JPEG, take))

    async def file(self, request: Request) -> Response:
        found = self._house.files.get(request.path_params["name"])
        served = found and Served(found.path, found.media_type)
        return await self._serve(request, "image" if served and served.is_picture else "media", served)

    async def _serve(self, request: Request, on: str, served: Served | None) -> Response:
        ledger = self._house.ledger
        ledger.media_requests += 1
        if not request.headers.get("user-agent"):
            return PlainTextResponse("error code: 1010", 403)  # suno.md 2A.11, trap 5
        fault = self._house.faults.take(on, request.url.path)
        if served is None:
            return not_found()
        if fault is not None:
            return await broken_media(self._house, served, fault)
        if served.growing:
            return StreamingResponse(served.drip(ledger), media_type=served.media_type)
        if not await served.is_there():
            return not_found()
        ledger.media_bytes += served.path.stat().st_size
        return FileResponse(served.path, media_type=served.media_type)
