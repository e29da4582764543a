"""Answers that are not plain JSON: cut connections, silence, HTML from a proxy, and the choice of HTTP status."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from suno_client.sandbox import wire
from suno_client.sandbox.rules import REFUSALS, Refusal
from suno_client.sandbox.script import Fault

BODY_LIMIT = 1_000_000  # bytes of a request; songs' words are a few thousand
PROXY_PAGE = (
    "<!DOCTYPE html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center>"
    "<hr><center>cloudflare</center></body></html>"
)
_KNOWN = {int(status) for status in HTTPStatus}
Cut = Callable[[Scope], None]


class NoAnswer(Response):
    """Cuts the connection, or holds it in silence until the client leaves."""

    def __init__(self, cut: Cut | None) -> None:
        super().__init__()
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        if self._cut is not None:
            self._cut(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


class WireJSON(JSONResponse):
    """JSON in the gateway's compact bytes."""

    def render(self, content: object) -> bytes:
        return wire.compact(content).encode()


def success(data: object) -> Response:
    return WireJSON(wire.envelope(data))


def refusal(refused: Refusal, *, as_200: bool = True, http_status: int | None = None) -> Response:
    """An error in the envelope. The gateway sends most of them with HTTP 200 (suno.md 2A.2)."""
    status = http_status or (200 if as_200 or refused.code not in _KNOWN else refused.code)
    return WireJSON(wire.refused(refused), status)


def proxy_page(status: int) -> Response:
    """What a proxy in front of the gateway says: HTML, no envelope."""
    phrase = HTTPStatus(status).phrase
    return HTMLResponse(PROXY_PAGE.format(f"{status} {phrase}"), status)


def broken(fault: Fault, cut: Cut, *, as_200: bool) -> Response | None:
    """The answer that a fault asks for in place of the true one; None where the true one comes first."""
    match fault.fault:
        case "reset":
            return NoAnswer(cut)
        case "hang":
            return NoAnswer(None)
        case "502":
            return proxy_page(502)
        case "429_html":
            return proxy_page(429)
        case name if name in REFUSALS:
            return refusal(REFUSALS[name], as_200=as_200, http_status=fault.http_status)
        case _:
            return None


async def body_of(request: Request) -> bytes | None:
    """The request's body, or None when it is beyond all reason."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)
