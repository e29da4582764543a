"""The browser room: one packet every 20 ms from the pacer's thread, fanned out to the browsers that listen."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from enum import StrEnum
from typing import Final

from attrs import define, field

from conductr_player.opus import FRAME_S, SILENCE, OggOpusWriter

from .errors import TooManyOpen
from .webm import WebmOpusWriter

LISTENER_LIMIT: Final = 32
BACKLOG: Final = 250  # packets, five seconds, that a listener may lag before it is let go
FILL_AFTER_S: Final = 0.2  # how long an Ogg stream may be quiet before it is filled with silence
_FILL: Final = [SILENCE] * round(FILL_AFTER_S / FRAME_S)


class Form(StrEnum):
    """How the music is wrapped: WebM for the page's player, Ogg for any other (it never pauses, only falls silent)."""

    WEBM = "webm"
    OGG = "ogg"

    @property
    def media_type(self) -> str:
        return f"audio/{self.value}"


@define(eq=False)
class Listener:
    """One browser's packets on their way. `offer` is for the pacer's thread, the rest for the loop's."""

    loop: asyncio.AbstractEventLoop
    _packets: deque[bytes] = field(factory=deque[bytes])
    _news: asyncio.Event = field(factory=asyncio.Event)
    _told: bool = False
    gone: bool = False

    def offer(self, packet: bytes) -> bool:
        """False where the listener lags too far behind, and is let go."""
        if self.gone or len(self._packets) >= BACKLOG:
            self.leave()
            return False
        self._packets.append(packet)
        self._wake()
        return True

    def leave(self) -> None:
        self.gone = True
        self._wake()

    async def take(self) -> list[bytes]:
        """All packets that wait, at least one; none where the listener is gone."""
        while not self._packets and not self.gone:
            await self._news.wait()
            self._told = False
            self._news.clear()
        return [] if self.gone else [self._packets.popleft() for _ in range(len(self._packets))]

    def _wake(self) -> None:
        if not self._told and not self.loop.is_closed():
            self._told = True
            self.loop.call_soon_threadsafe(self._news.set)


@define(eq=False)
class Broadcast:
    """Everybody who listens. The tuple is replaced, never changed, so the pacer's thread reads it without a lock."""

    _listeners: tuple[Listener, ...] = ()
    _closed: bool = False
    on_change: Callable[[], None] = lambda: None

    @property
    def count(self) -> int:
        return len(self._listeners)

    def sink(self, packet: bytes) -> bool:
        """Takes one packet and never blocks. False where nobody hears it: the music waits for a listener."""
        heard = False
        for listener in self._listeners:
            heard = listener.offer(packet) or heard
        return heard

    async def listen(self, form: Form) -> AsyncIterator[bytes]:
        """The room's sound from now on, until the listener leaves or lags. Raises TooManyOpen before the first byte."""
        if self.count >= LISTENER_LIMIT:
            raise TooManyOpen(LISTENER_LIMIT)
        listener = Listener(asyncio.get_running_loop())
        return self._stream(listener, form)

    async def _stream(self, listener: Listener, form: Form) -> AsyncIterator[bytes]:
        pages, clusters = OggOpusWriter(), WebmOpusWriter()
        if self._closed:
            return
        self._set((*self._listeners, listener))
        try:
            yield pages.header() if form is Form.OGG else clusters.header()
            while packets := await self._next(listener, form):
                yield clusters.cluster(packets) if form is Form.WEBM else b"".join(map(pages.page, packets))
        finally:
            listener.leave()
            self._set(tuple(other for other in self._listeners if other is not listener))

    @staticmethod
    async def _next(listener: Listener, form: Form) -> Sequence[bytes]:
        if form is Form.WEBM:
            return await listener.take()
        try:
            async with asyncio.timeout(FILL_AFTER_S):
                return await listener.take()
        except TimeoutError:
            return _FILL

    def _set(self, listeners: tuple[Listener, ...]) -> None:
        self._listeners = listeners
        self.on_change()

    def close(self) -> None:
        """Let everybody go, so that a server can close; who comes later gets nothing."""
        self._closed = True
        for listener in self._listeners:
            listener.leave()
