"""VoiceOutput: tracks become packets, without a gap between them, for any sink."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

import anyio
from attrs import define, field

from ._latest import Latest
from .errors import OutputError
from .inputs import Ended, Report
from .line import Cursor, Line
from .opus import FRAME_S
from .pacer import Pacer, PacketSink
from .queue import EndReason
from .sources import PacketSource
from .tracks import Entry, Track

OpenTrack = Callable[[Track], Awaitable[PacketSource]]

_log = logging.getLogger(__name__)


@define(eq=False)
class _Play:
    """A play whose track is being opened."""

    play_id: int
    entry: Entry
    start_s: float


@define(eq=False)
class VoiceOutput:
    """An Output that hands one packet every 20 ms to `sink`, in the pacer's thread.

    `open_track` may take its time: play, pause and skip do not wait for it, and a newer wish
    cancels it. The entry named by `preload` is opened ahead and follows in the very next tick,
    even if the event loop is busy at that moment; its play claims it afterwards.
    """

    pacer: Pacer
    sink: PacketSink
    open_track: OpenTrack
    report: Callable[[Report], None]

    _line: Line = field(init=False)
    _wanted: Latest = field(init=False, factory=Latest)
    _wanted_ahead: Latest = field(init=False, factory=Latest)
    _opening: _Play | None = field(init=False, default=None)
    _opening_ahead: Entry | None = field(init=False, default=None)
    _cursor: Cursor | None = field(init=False, default=None)  # of the play asked for last
    _ahead: Cursor | None = field(init=False, default=None)
    _paused: bool = field(init=False, default=False)
    _closed: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._line = Line(self.pacer, self.sink, self.report)

    @property
    def position_s(self) -> float:
        if self._opening is not None:
            return self._opening.start_s
        return self._cursor.index * FRAME_S if self._cursor else 0.0

    @property
    def waiting(self) -> bool:
        """A growing song has not come far enough; it goes on by itself."""
        return self._opening is not None or self._line.waiting

    async def run(self) -> None:
        """Open tracks as they are asked for, until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._wanted.serve)
            tasks.start_soon(self._wanted_ahead.serve)

    async def play(self, play_id: int, entry: Entry, start_s: float = 0.0) -> None:
        if self._closed:
            raise OutputError("the output is closed")
        busy = self._cursor is not None or self._opening is not None
        self._give_up_opening()
        await self.resume()
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.entry_id == entry.id:
            self._start(_Play(play_id, entry, start_s), ahead.source)
            return
        if busy:
            self._line.order(self._line.hush)
        self._cursor, self._opening = None, _Play(play_id, entry, start_s)
        self._wanted.put(partial(self._open, self._opening))

    async def preload(self, entry: Entry | None) -> None:
        self._ahead, self._opening_ahead = None, entry
        self._line.order(partial(self._line.follow, None))
        self._wanted_ahead.put(partial(self._open_ahead, entry) if entry else None)

    async def pause(self) -> None:
        self._paused = True
        self._line.order(self._line.pause)

    async def resume(self) -> None:
        if self._paused:
            self._paused = False
            self._line.order(self._line.resume)

    async def stop(self) -> None:
        self._give_up_opening()
        self._wanted_ahead.put(None)
        self._cursor = self._ahead = self._opening_ahead = None
        self._paused = False
        self._line.order(self._line.hush)

    async def seek(self, position_s: float) -> None:
        if self._opening is not None:
            self._opening.start_s = position_s
        elif (old := self._cursor) is not None:
            self._cursor = Cursor(old.source, old.entry_id, old.play_id, round(position_s / FRAME_S))
            self._line.order(partial(self._line.jump, old, self._cursor))

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._give_up_opening()
            self._line.close()

    def _start(self, play: _Play, source: PacketSource) -> None:
        self._opening = None
        self._cursor = Cursor(source, play.entry.id, play.play_id, round(play.start_s / FRAME_S))
        self._line.order(partial(self._line.take, self._cursor))

    def _give_up_opening(self) -> None:
        """A newer wish came: what is not open yet ends here, unheard."""
        if self._opening is not None:
            self.report(Ended(self._opening.play_id, EndReason.SKIPPED))
            self._opening = None
            self._wanted.put(None)

    async def _open(self, play: _Play) -> None:
        try:
            source = await self.open_track(play.entry.track)
        except Exception as error:  # noqa: BLE001 - whatever hinders opening, it is this track's end and nobody else's
            _log.warning("track %s cannot be opened: %s", play.entry.track.id, error)
            if self._opening is play:
                self._opening = None
                self.report(Ended(play.play_id, EndReason.FAILED))
        else:
            if self._opening is play:  # it may have been opened in the moment that it was given up
                self._start(play, source)

    async def _open_ahead(self, entry: Entry) -> None:
        try:
            source = await self.open_track(entry.track)
        except Exception as error:  # noqa: BLE001 - its own play will tell, if it comes to that
            _log.info("track %s cannot be opened ahead: %s", entry.track.id, error)
            return
        if self._opening_ahead is entry:
            self._opening_ahead = None
            self._ahead = Cursor(source, entry.id, None)
            self._line.order(partial(self._line.follow, self._ahead))
