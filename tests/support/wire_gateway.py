"""A gateway on a real socket that does exactly what a test tells it, one turn a request."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import SocketAttribute, SocketStream


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Turn = Callable[[SocketStream, Seen], Awaitable[None]]


def says(
    body: bytes | Mapping[str, object] = b"",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
) -> Turn:
    """A turn that answers; `length` is what it claims, where that is to be a lie."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def turn(stream: SocketStream, seen: Seen) -> None:
        lines = {"Content-Length": str(len(content) if length is None else length), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in (lines | dict(headers or {})).items())
        await stream.send(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + content)

    return turn


async def hangs_up(stream: SocketStream, seen: Seen) -> None:
    """The request was read to its end, and the connection closes without a word."""


async def never_answers(stream: SocketStream, seen: Seen) -> None:
    await anyio.sleep_forever()


@dataclass
class Gateway:
    """A server on 127.0.0.1 that takes the turns of `turns`, one a request, and remembers what it saw."""

    port: int
    turns: deque[Turn] = field(default_factory=deque)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    slow_s: float = 0.0  # between two parts of a request

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, stream: SocketStream) -> None:
        self.connections += 1
        async with stream:
            try:
                seen = await read_request(stream, self.slow_s)
                self.seen.append(seen)
                await self.turns.popleft()(stream, seen)
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return


async def read_request(stream: SocketStream, slow_s: float = 0.0) -> Seen:
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += await stream.receive()
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += await stream.receive()
        if slow_s:
            await anyio.sleep(slow_s)
    method, path, _ = first.split(" ")
    return Seen(method, path, headers, body)


@asynccontextmanager
async def open_gateway() -> AsyncIterator[Gateway]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    gateway = Gateway(listener.extra(SocketAttribute.local_port))
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, gateway.serve)
        yield gateway
        group.cancel_scope.cancel()
