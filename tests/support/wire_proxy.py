"""A line between a program and its server that breaks at a chosen byte, as a network does."""

from __future__ import annotations

import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import anyio
from anyio.abc import ByteStream, SocketAttribute
from attrs import define, field, frozen

Direction = Literal["request", "reply"]
Break = Literal["close", "reset", "hang"]
RST = struct.pack("ii", 1, 0)  # linger for no time: the other side sees a reset, not an end
COMMIT = b"Q\x00\x00\x00\x0cCOMMIT;\x00"  # the whole message: kind, length, text (PostgreSQL's protocol, 53.7)


@frozen
class Cut:
    """Where the line breaks: `after` bytes into the request `at`, or into what the server says to it.

    Without `at`, bytes are counted from the first that pass once the cut is set.
    """

    direction: Direction
    after: int
    at: bytes = b""
    how: Break = "close"


@define(eq=False)
class WireProxy:
    """Hands bytes on until `cut` is met; that line then breaks in both directions, and others pass."""

    dial: Callable[[], Awaitable[ByteStream]]
    port: int = 0
    cut: Cut | None = None
    cuts_made: int = 0
    _passed: int = 0
    _armed: bool = field(default=False)

    def set(self, cut: Cut) -> None:
        self.cut, self._passed, self._armed = cut, 0, not cut.at

    async def serve(self, client: ByteStream) -> None:
        async with client, await self.dial() as server, anyio.create_task_group() as line:
            line.start_soon(self._hand_on, client, server, "request", line.cancel_scope)
            line.start_soon(self._hand_on, server, client, "reply", line.cancel_scope)

    async def _hand_on(self, source: ByteStream, target: ByteStream, way: Direction, line: anyio.CancelScope) -> None:
        try:
            async for data in source:
                passing, cut = self._allowed(way, data)
                if passing:
                    await target.send(passing)
                if cut is not None:
                    await self._break(cut, source if way == "request" else target)
                    break
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass  # one side has gone: the line is dead for both
        line.cancel()

    def _allowed(self, way: Direction, data: bytes) -> tuple[bytes, Cut | None]:
        """What of `data` passes, and the cut that comes after it."""
        cut = self.cut
        if cut is None:
            return data, None
        before = 0
        if not self._armed and way == "request" and (start := data.find(cut.at)) >= 0:
            self._armed, before = True, start
        if not self._armed or way != cut.direction:
            return data, None
        left = cut.after - self._passed
        if len(data) - before < left:
            self._passed += len(data) - before
            return data, None
        self.cut, self.cuts_made = None, self.cuts_made + 1
        return data[: before + left], cut

    async def _break(self, cut: Cut, client: ByteStream) -> None:
        if cut.how == "hang":
            await anyio.sleep_forever()
        if cut.how == "reset":
            raw = client.extra(SocketAttribute.raw_socket)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)


@asynccontextmanager
async def proxied(dial: Callable[[], Awaitable[ByteStream]]) -> AsyncIterator[WireProxy]:
    """A proxy that listens on this machine."""
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as group:
        proxy = WireProxy(dial, listener.extra(SocketAttribute.local_port))
        group.start_soon(listener.serve, proxy.serve)
        yield proxy
        group.cancel_scope.cancel()


@asynccontextmanager
async def before_postgres(url: str) -> AsyncIterator[tuple[WireProxy, str]]:
    """A proxy before PostgreSQL, and the address that leads through it."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host", [""])[0]

    async def dial() -> ByteStream:
        if folder:
            return await anyio.connect_unix(f"{folder}/.s.PGSQL.{parts.port or 5432}")
        return await anyio.connect_tcp(parts.hostname or "127.0.0.1", parts.port or 5432)

    async with proxied(dial) as proxy:
        who = f"{parts.username or 'postgres'}:{parts.password or ''}"
        yield proxy, f"postgresql://{who}@127.0.0.1:{proxy.port}{parts.path}?sslmode=disable"
