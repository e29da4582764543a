"""The media host: finished songs with ranges, growing ones as a drip, covers; and each of their faults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from suno_client.sandbox.answers import PROXY_PAGE, NoAnswer, proxy_page
from suno_client.sandbox.house import House
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.script import Fault

PART_BYTES = 16_384
SLOW_PART_BYTES = 4_096
_MP3, _JPEG = "audio/mpeg", "image/jpeg"


class MediaHost:
    """Serves what one house has rendered. Like the real hosts it turns away clients that do not name themselves."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        return [
            Route("/media/stream/{clip_id}", self.stream),
            Route("/media/{clip_id}.mp3", self.audio),
            Route("/media/{clip_id}.jpeg", self.image),
        ]

    async def audio(self, request: Request) -> Response:
        return await self._serve(request, "media", self._whole_audio)

    async def stream(self, request: Request) -> Response:
        return await self._serve(request, "stream", self._growing_audio)

    async def image(self, request: Request) -> Response:
        return await self._serve(request, "image", self._cover)

    async def _serve(
        self, request: Request, on: str, true_answer: Callable[[Recording], Awaitable[Response]]
    ) -> Response:
        book = self._house.book
        book.media_requests += 1
        if not request.headers.get("user-agent"):
            return PlainTextResponse("error code: 1010", 403)  # suno.md 2A.11, trap 5
        take = book.take(request.path_params["clip_id"])
        fault = self._house.faults.take(on)
        if take is None:
            return PlainTextResponse("Not Found", 404)
        if fault is not None:
            return await self._broken(take, fault)
        return await true_answer(take)

    async def _whole_audio(self, take: Recording) -> Response:
        if not take.whole:
            return PlainTextResponse("Not Found", 404)
        self._house.book.media_bytes += take.size
        return FileResponse(take.audio, media_type=_MP3)

    async def _growing_audio(self, take: Recording) -> Response:
        return StreamingResponse(self._drip(take, PART_BYTES), media_type=_MP3)

    async def _cover(self, take: Recording) -> Response:
        await take.grown(0)  # the cover is drawn before the first byte of sound
        if not take.cover.exists():
            return PlainTextResponse("Not Found", 404)
        return FileResponse(take.cover, media_type=_JPEG)

    async def _drip(self, take: Recording, part_bytes: int, pause_s: float = 0.0) -> AsyncIterator[bytes]:
        """The take's bytes as they come to be, to their end."""
        await take.grown(0)
        if take.size == 0 or take.abandoned:
            return
        sent = 0
        async with await anyio.open_file(take.audio, "rb") as file:
            while True:
                await take.grown(sent)
                part = await file.read(min(part_bytes, take.size - sent))
                if not part:
                    return
                sent += len(part)
                self._house.book.media_bytes += len(part)
                yield part
                if pause_s:
                    await anyio.sleep(pause_s)

    async def _broken(self, take: Recording, fault: Fault) -> Response:
        kind = _JPEG if fault.on == "image" else _MP3
        match fault.fault:
            case "html":
                return HTMLResponse(PROXY_PAGE.format("Just a moment..."))
            case "empty":
                return Response(b"", media_type=kind)
            case "403":
                return PlainTextResponse("error code: 1010", 403)
            case "404":
                return PlainTextResponse("Not Found", 404)
            case "502":
                return proxy_page(502)
            case "reset":
                return NoAnswer(self._house.listener.cut)
            case "hang":
                return NoAnswer(None)
            case "slow":
                return StreamingResponse(self._drip(take, SLOW_PART_BYTES, fault.seconds), media_type=kind)
            case _:
                return await self._truncated(take, fault)

    async def _truncated(self, take: Recording, fault: Fault) -> Response:
        """Half of it: an announced length that is not kept, or for a stream an end that looks orderly."""
        await take.ended()
        path, kind = (take.cover, _JPEG) if fault.on == "image" else (take.audio, _MP3)
        body = await anyio.Path(path).read_bytes()
        half = body[: len(body) // 2]
        if fault.on == "stream":
            return Response(half, media_type=kind)
        return _Broken(half, len(body), kind, self._house)


class _Broken(StreamingResponse):
    """Announces more bytes than it sends, then cuts the connection."""

    def __init__(self, body: bytes, announced: int, kind: str, house: House) -> None:
        super().__init__(self._parts(body), media_type=kind, headers={"content-length": str(announced)})
        self._house = house

    async def _parts(self, body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), PART_BYTES):
            yield body[start : start + PART_BYTES]
        await anyio.sleep(0.05)  # lets the socket take what was written
        self._house.listener.cut(self.scope)
        await anyio.sleep_forever()

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        self.scope = scope
        await super().__call__(scope, receive, send)
