"""A listener for callbacks, for tests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import SocketStream

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
NO = b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def listening(answer: bytes = OK, heads: list[dict[str, str]] | None = None) -> AsyncIterator[tuple[str, Any]]:
    """A server that hands over each body it is sent, and puts its headers into `heads`. Yields its URL and the bodies.

    An empty answer is none: the sender waits in vain.
    """
    send, bodies = anyio.create_memory_object_stream[dict[str, Any]](20)

    async def take(stream: SocketStream) -> None:
        async with stream:
            while True:
                try:
                    head, body = await _request(stream)
                    if heads is not None:
                        heads.append(head)
                    await send.send(json.loads(body))
                    await stream.send(answer)
                except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                    return

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, take)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with send, bodies:
            yield f"http://127.0.0.1:{port}/hook?token=t", bodies
        group.cancel_scope.cancel()


async def _request(stream: SocketStream) -> tuple[dict[str, str], bytes]:
    """One request's headers, in lower case, and its body."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += await stream.receive()
    head, _, body = request.partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:])
    headers = {name.lower(): value for name, _, value in lines}
    while len(body) < int(headers["content-length"]):
        body += await stream.receive()
    return headers, body
