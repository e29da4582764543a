"""How a file goes wrong on purpose: another body, half of it, slowly, not at all (suno.md 2A.11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from suno_client.sandbox.answers import PROXY_PAGE, NoAnswer, proxy_page
from suno_client.sandbox.faults import Fault
from suno_client.sandbox.house import House
from suno_client.sandbox.served import PART_BYTES, Served

SLOW_PART_BYTES = 4_096


async def broken_media(house: House, served: Served, fault: Fault) -> Response:
    """The answer that a fault asks for in place of the file."""
    match fault.fault:
        case "html":
            return HTMLResponse(PROXY_PAGE.format("Just a moment..."))
        case "empty":
            return Response(b"", media_type=served.media_type)
        case "403":
            return PlainTextResponse("error code: 1010", 403)
        case "404":
            return not_found()
        case "expired":
            _expire(house, served)
            return not_found()
        case "502":
            return proxy_page(502)
        case "reset":
            return NoAnswer(house.listener.cut)
        case "hang":
            return NoAnswer(None)
        case "slow":
            parts = served.drip(house.ledger, SLOW_PART_BYTES, fault.seconds)
            return StreamingResponse(parts, media_type=served.media_type)
        case "same_bytes":
            path = _first_take(house, served)
            return FileResponse(path, media_type=served.media_type) if path.exists() else not_found()
        case _:
            return await _truncated(house, served)


def not_found() -> Response:
    return PlainTextResponse("Not Found", 404)


def _expire(house: House, served: Served) -> None:
    """Removes the file, or the whole take that it belongs to, as the gateway does after its days."""
    if served.take is not None:
        house.book.expire(served.take.id)
    else:
        served.path.unlink(missing_ok=True)


def _first_take(house: House, served: Served) -> Path:
    """The sound of the task's first take, whichever was asked for."""
    task = house.book.owner(served.take.id) if served.take is not None else None
    return task.takes[0].audio if task is not None else served.path


async def _truncated(house: House, served: Served) -> Response:
    """Half of it: an announced length that is not kept, or for a stream an end that looks orderly."""
    if served.take is not None:
        await served.take.ended()
    body = await anyio.Path(served.path).read_bytes()
    half = body[: len(body) // 2]
    if served.growing:
        return Response(half, media_type=served.media_type)
    return _Broken(half, len(body), served.media_type, house)


class _Broken(StreamingResponse):
    """Announces more bytes than it sends, then cuts the connection."""

    def __init__(self, body: bytes, announced: int, kind: str, house: House) -> None:
        super().__init__(self._parts(body), media_type=kind, headers={"content-length": str(announced)})
        self._house = house
        self._scope: Scope = {}

    async def _parts(self, body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), PART_BYTES):
            yield body[start : start + PART_BYTES]
        await anyio.sleep(0.05)  # lets the socket take what was written
        self._house.listener.cut(self._scope)
        await anyio.sleep_forever()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        await super().__call__(scope, receive, send)
