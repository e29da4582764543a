"""An ASGI app behind httpx without a socket: answers stream, and a connection that is cut arrives as ReadError."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, MutableMapping
from typing import Any, Protocol, cast
from urllib.parse import unquote

import anyio
import httpx
from anyio.abc import TaskGroup
from starlette.types import ASGIApp, Message

_log = logging.getLogger(__name__)
_CUT = "suno.cut"  # where a scope keeps how its client is cut off


class Cuts(Protocol):
    """What the sandbox's routes ask of the network: to break the connection that a scope came by."""

    def cut(self, scope: MutableMapping[str, Any]) -> None: ...


class Wire:
    """The network between an `AppTransport` and its app."""

    def cut(self, scope: MutableMapping[str, Any]) -> None:
        scope[_CUT]()


class AppTransport(httpx.AsyncBaseTransport):
    """Each request is a call of the app in `group`, which lives until it has answered or its client has left."""

    def __init__(self, app: ASGIApp, group: TaskGroup) -> None:
        self._app = app
        self._group = group

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange(request, await request.aread())
        self._group.start_soon(exchange.run, self._app)
        try:
            start = await exchange.answer()
        except BaseException:
            exchange.leave()
            raise
        return httpx.Response(start["status"], headers=start["headers"], stream=_Body(exchange))


class _Exchange:
    """One request on its way through the app, and the answer coming back, a part at a time as it is taken."""

    def __init__(self, request: httpx.Request, body: bytes) -> None:
        timeout = cast("dict[str, float | None]", request.extensions.get("timeout", {}))
        self._timeout_s = timeout.get("read")
        self._body: bytes | None = body
        self._left = anyio.Event()
        self._said, self._heard = anyio.create_memory_object_stream[Message](0)
        path, _, query = request.url.raw_path.partition(b"?")
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},  # with it Starlette listens for clients that leave
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": None,
            "server": (request.url.host, request.url.port),
            _CUT: self.cut,
        }

    async def run(self, app: ASGIApp) -> None:
        try:
            await app(self._scope, self._receive, self._send)
        except Exception:  # noqa: BLE001 - the client has its 500 already, and the next one is another matter
            _log.exception("the sandbox fell over")
        finally:
            self._said.close()

    async def _receive(self) -> Message:
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        try:
            await self._said.send(message)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            self._left.set()  # nobody listens: as with a socket that is gone, no error

    async def answer(self) -> Message:
        """The next message of the app. Raises httpx.ReadTimeout, and ReadError where none comes any more."""
        try:
            with anyio.fail_after(self._timeout_s):
                return await self._heard.receive()
        except TimeoutError as error:
            raise httpx.ReadTimeout("the sandbox says nothing") from error
        except anyio.EndOfStream as error:
            raise httpx.ReadError("the connection was cut") from error

    def cut(self) -> None:
        """The network fails in the middle."""
        self._left.set()
        self._said.close()

    def leave(self) -> None:
        """The client wants no more of the answer."""
        self._left.set()
        self._heard.close()


class _Body(httpx.AsyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        more = True
        while more:
            message = await self._exchange.answer()
            more = message.get("more_body", False)
            yield message.get("body", b"")

    async def aclose(self) -> None:
        self._exchange.leave()
