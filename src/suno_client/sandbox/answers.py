"""Answers that are not plain JSON: cut connections, silence, HTML from a proxy, and the choice of HTTP status."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from suno_client.sandbox import wire
from suno_client.sandbox.faults import Fault
from suno_client.sandbox.refusals import Family, Refusal

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


def refusal(refused: Refusal, *, as_200: bool = True, fault: Fault | None = None) -> Response:
    """An error in the envelope. The gateway sends most of them with HTTP 200 (suno.md 2A.2).

    A fault may name its own HTTP status, and a Retry-After header.
    """
    status = 200 if as_200 or refused.code not in _KNOWN else refused.code
    if fault is None:
        return WireJSON(wire.refused(refused), status)
    headers = None if fault.retry_after_s is None else {"retry-after": str(fault.retry_after_s)}
    return WireJSON(wire.refused(refused), fault.http_status or status, headers)


def proxy_page(status: int, retry_after_s: int | None = None) -> Response:
    """What a proxy in front of the gateway says: HTML, no envelope."""
    phrase = HTTPStatus(status).phrase
    headers = None if retry_after_s is None else {"retry-after": str(retry_after_s)}
    return HTMLResponse(PROXY_PAGE.format(f"{status} {phrase}"), status, headers)


def broken(fault: Fault, cut: Cut, family: Family, *, as_200: bool = True) -> Response | None:
    """The answer that a fault asks for in place of the true one; None where the true one comes first."""
    match fault.fault:
        case "reset":
            return NoAnswer(cut)
        case "hang":
            return NoAnswer(None)
        case "502":
            return proxy_page(502)
        case "504_html":
            return proxy_page(504)
        case "429_html":
            return proxy_page(429, fault.retry_after_s)
        case name if name in family.words:
            return refusal(family.words[name], as_200=as_200, fault=fault)
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
