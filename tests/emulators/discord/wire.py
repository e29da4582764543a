"""One websocket to a client: a bounded outbox with one writer, and the ways it can end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import WSMessage, WSMsgType, web
from attrs import frozen

from .watch import Journal

OUTBOX_LIMIT = 4_000  # messages waiting; a client that reads none for that long is broken
CLOSE_TIMEOUT_S = 0.5  # py-cord leaves a close frame unanswered


@frozen
class _Close:
    code: int


Encode = Callable[[str], str | bytes]


def as_text(text: str) -> str:
    return text


class Wire:
    """Sends in the order of `send`, encoding at the last moment because zlib-stream has one context a connection."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, encode: Encode, journal: Journal) -> None:
        self._ws = ws
        self._transport = request.transport
        self._encode = encode
        self._journal = journal
        self._outbox: asyncio.Queue[str | bytes | _Close] = asyncio.Queue(OUTBOX_LIMIT)
        self._watchdog: asyncio.TimerHandle | None = None
        self._own_code: int | None = None
        self.closing = False

    def send(self, frame: str | bytes) -> None:
        if not self.closing:
            self._outbox.put_nowait(frame)

    def close(self, code: int) -> None:
        """Closes with this code once everything before it is sent."""
        if not self.closing:
            self._outbox.put_nowait(_Close(code))
            self._own_code = code
            self.closing = True

    def abort(self) -> None:
        """Cuts the TCP connection: no close frame, no goodbye."""
        self.closing = True
        if self._transport is not None:
            self._transport.abort()

    def expect_life(self, within_s: float, close_code: int) -> None:
        """Closes with `close_code` unless this is called again within the time."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._watchdog = asyncio.get_running_loop().call_later(within_s, self.close, close_code)

    @property
    def close_code(self) -> int | None:
        """The code the connection was ended with, by whoever did it first; 1006 when it was cut."""
        return self._own_code or self._ws.close_code

    async def run(self, receive: Callable[[WSMessage], None]) -> None:
        """Until the connection ends by either side. A malformed message closes with 4002 and is recorded."""
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(self._write())
            async for message in self._ws:
                self._hand_over(message, receive)
            self.closing = True
            if self._own_code is None:
                writer.cancel()  # with a code of our own it is just saying goodbye
        if self._watchdog is not None:
            self._watchdog.cancel()

    def _hand_over(self, message: WSMessage, receive: Callable[[WSMessage], None]) -> None:
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return
        try:
            receive(message)
        except (KeyError, TypeError, ValueError, IndexError) as fault:
            self._journal.errors.append(f"malformed message {message.data!r}: {fault!r}")
            self.close(4002)

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                frame = await self._outbox.get()
                if isinstance(frame, _Close):
                    await self._ws.close(code=frame.code)
                    return
                encoded = self._encode(frame) if isinstance(frame, str) else frame
                await (self._ws.send_str(encoded) if isinstance(encoded, str) else self._ws.send_bytes(encoded))
