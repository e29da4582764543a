"""Broadcast: one guild's packets, framed once and handed to everybody who listens."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable
from enum import StrEnum
from typing import Final

import anyio
from attrs import define, field

from conductr_player._loops import CallSoon, caller_into_this_loop
from conductr_player.errors import TooManyListeners
from conductr_player.packets.opus import FRAME_S, SILENCE, OggOpusWriter
from conductr_player.packets.webm import WebmOpusWriter

LISTENER_LIMIT: Final = 32
BACKLOG: Final = 250  # packets, five seconds, that a listener may lag before it is let go
FILL_AFTER_S: Final = 0.2  # how long an Ogg stream may be quiet before it is filled with silence
_FILL: Final = [SILENCE] * round(FILL_AFTER_S / FRAME_S)


class Form(StrEnum):
    """How music is wrapped: WebM for Media Source Extensions, Ogg for any other: it falls silent, never pauses."""

    WEBM = "webm"
    OGG = "ogg"

    @property
    def media_type(self) -> str:
        return f"audio/{self.value}"


@define(eq=False)
class _Listener:
    """One listener's pieces on their way: the very bytes that all others get."""

    form: Form
    gone: bool = False
    _pieces: deque[bytes] = field(factory=deque[bytes])
    _news: anyio.Event = field(factory=anyio.Event)

    @property
    def has_some(self) -> bool:
        return bool(self._pieces)

    def offer(self, piece: bytes) -> None:
        if len(self._pieces) >= BACKLOG:
            self.leave()
            return
        self._pieces.append(piece)
        self._news.set()

    def leave(self) -> None:
        self.gone = True
        self._pieces.clear()
        self._news.set()

    async def take(self) -> bytes:
        """All that waits, at least one piece; nothing where the listener is gone."""
        while not self._pieces and not self.gone:
            await self._news.wait()
            self._news = anyio.Event()
        if len(self._pieces) < 2:
            return self._pieces.popleft() if self._pieces else b""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


@define(eq=False)
class Broadcast:
    """A PacketSink that everybody hears who listens. The pacer's thread hands packets over, and does nothing else.

    Each packet is framed once for each form that somebody listens to, in the loop of those who listen. Who comes late
    gets the headers, and then what all get: times go on from when the first one came, not from zero. With nobody
    there, or where the loop lags by BACKLOG packets, packets are refused, so the music waits.
    """

    listener_limit: int = LISTENER_LIMIT
    on_change: Callable[[], None] = lambda: None
    _listeners: tuple[_Listener, ...] = field(init=False, default=())  # replaced, never changed: read without a lock
    _given: deque[bytes] = field(init=False, factory=deque[bytes])
    _told: bool = field(init=False, default=False)
    _call: CallSoon | None = field(init=False, default=None)
    _closed: bool = field(init=False, default=False)
    _pages: OggOpusWriter = field(init=False, factory=OggOpusWriter)
    _clusters: WebmOpusWriter = field(init=False, factory=WebmOpusWriter)
    _headers: dict[Form, bytes] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._headers = {Form.OGG: self._pages.header(), Form.WEBM: self._clusters.header()}

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def __call__(self, packet: bytes) -> bool:
        """Takes one packet and never blocks. False where nobody hears it."""
        if not self._listeners or self._call is None or len(self._given) >= BACKLOG:
            return False
        self._given.append(packet)
        if not self._told:
            self._told = True
            try:
                self._call(self._share)
            except RuntimeError:  # the loop is over, and with it everybody who listened
                self._listeners = ()
                return False
        return True

    async def listen(self, form: Form) -> AsyncGenerator[bytes, None]:
        """The sound from now on, until the listener leaves or lags, or `close`. Raises TooManyListeners, at once."""
        if self.count >= self.listener_limit:
            raise TooManyListeners(self.listener_limit)
        return self._stream(form)

    def close(self) -> None:
        """Let everybody go, so that a server can close; who comes later gets nothing."""
        self._closed = True
        for listener in self._listeners:
            listener.leave()

    async def _stream(self, form: Form) -> AsyncGenerator[bytes, None]:
        if self._closed or self.count >= self.listener_limit:
            return
        if not self._listeners:  # what is left was given before the last one went
            self._given.clear()
            self._told = False
        self._call = caller_into_this_loop()
        listener = _Listener(form)
        self._set((*self._listeners, listener))
        try:
            yield self._headers[form]
            while piece := await self._next(listener):
                yield piece
        finally:
            self._drop(listener)

    async def _next(self, listener: _Listener) -> bytes:
        if listener.form is Form.WEBM:
            return await listener.take()
        while True:
            with anyio.move_on_after(FILL_AFTER_S):
                return await listener.take()
            if not listener.has_some:  # else another one's silence came in this very moment
                self._offer(Form.OGG, b"".join(self._pages.page(packet) for packet in _FILL))

    def _share(self) -> None:
        """In the listeners' loop: frame what was given, once, and hand it to all."""
        self._told = False  # first: what is given from here on calls again
        while self._given:
            packet = self._given.popleft()
            forms = {listener.form for listener in self._listeners}
            if Form.WEBM in forms:
                self._offer(Form.WEBM, self._clusters.cluster((packet,)))
            if Form.OGG in forms:
                self._offer(Form.OGG, self._pages.page(packet))

    def _offer(self, form: Form, piece: bytes) -> None:
        for listener in self._listeners:
            if listener.form is form:
                listener.offer(piece)
                if listener.gone:
                    self._drop(listener)

    def _drop(self, listener: _Listener) -> None:
        listener.leave()
        if listener in self._listeners:
            self._set(tuple(other for other in self._listeners if other is not listener))

    def _set(self, listeners: tuple[_Listener, ...]) -> None:
        self._listeners = listeners
        self.on_change()
