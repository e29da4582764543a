"""One guild's side of the pacer: which packet leaves at each tick. Everything here runs in the pacer's thread."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from attrs import define, field

from .inputs import Ended, Report, Started
from .opus import SILENCE
from .pacer import Pacer, PacketSink
from .queue import EndReason
from .sources import PacketSource
from .tracks import EntryId

SILENCE_FRAMES: Final = 5  # Discord asks for them where sound stops, so that nothing is interpolated
RESCUE_TICKS: Final = 1_500  # 30 s: how long a broken live source is given for its finished file to come

_log = logging.getLogger(__name__)


@define(eq=False)
class Cursor:
    """A place in a source. `play_id` is None while it runs ahead of the play that will claim it."""

    source: PacketSource
    entry_id: EntryId
    play_id: int | None
    index: int = 0
    heard: bool = False
    look_at: int = -1  # the index at which more is to be done than to send
    dry: int = 0  # ticks without a packet to send


@define(eq=False)
class Line:
    """Sends a guild's packets, one a tick, and reports. Told what to do by orders from another thread.

    It is at the pacer only while there is something to send, so a silent guild costs nothing.
    """

    pacer: Pacer
    sink: PacketSink
    report: Callable[[Report], None]
    _orders: deque[Callable[[], None]] = field(init=False, factory=deque[Callable[[], None]])
    _gate: threading.Lock = field(init=False, factory=threading.Lock)  # between giving an order and going to rest
    _at_pacer: bool = field(init=False, default=False)
    _cursor: Cursor | None = field(init=False, default=None)
    _next: Cursor | None = field(init=False, default=None)  # follows without a gap
    _ran_out: Cursor | None = field(init=False, default=None)  # ran ahead and ended before it was claimed
    _paused: bool = field(init=False, default=False)
    _sounding: bool = field(init=False, default=False)
    _silence_left: int = field(init=False, default=0)
    _sink_broken: bool = field(init=False, default=False)

    @property
    def waiting(self) -> bool:
        """The source has run dry for now: a stream that stalls."""
        cursor = self._cursor
        return cursor is not None and cursor.dry > 0

    def order(self, todo: Callable[[], None]) -> None:
        """Have `todo` done at the next tick; from any thread."""
        with self._gate:
            self._orders.append(todo)
            if not self._at_pacer:
                self._at_pacer = True
                self.pacer.add(self.tick)

    def close(self) -> None:
        """Leave the pacer, carry out the orders that wait, end what plays. Not from a tick."""
        self.pacer.remove(self.tick)
        with self._gate:
            self._at_pacer = True  # no order brings it back
        self._obey()
        self.hush()

    def tick(self) -> None:
        if self._orders:
            self._obey()
        cursor = self._cursor
        if cursor is None or self._paused:
            self._be_quiet()
            return
        try:
            packet = cursor.source.packet(cursor.index)
        except Exception:  # noqa: BLE001 - whatever it is, it is this track's end and nobody else's
            _log.exception("a source broke at packet %d", cursor.index)
            self._end(EndReason.FAILED)
            return
        if packet is None:
            self._run_dry(cursor)
        elif self._send(packet):
            self._sounding = True
            cursor.index += 1
            if cursor.index >= cursor.look_at:
                self._take_stock(cursor)

    # Orders.
    def take(self, cursor: Cursor) -> None:
        """Play this from now on. What ran ahead of its play is claimed by it."""
        old = self._cursor
        if old is not None and old.play_id is None and old.entry_id == cursor.entry_id and cursor.index == 0:
            cursor.index = old.index
            self._cursor = cursor
            self._note_heard(cursor, heard=old.heard)
        elif self._ran_out is not None and self._ran_out.entry_id == cursor.entry_id and cursor.index == 0:
            self._end(EndReason.SKIPPED)
            self._cursor, cursor.index = cursor, self._ran_out.index
            self._note_heard(cursor, heard=True)
            self._end(EndReason.FINISHED)
        else:
            self._end(EndReason.SKIPPED)
            self._cursor = cursor
        self._next = self._ran_out = None

    def jump(self, old: Cursor, cursor: Cursor) -> None:
        """Go on at another place in the same play, unless it is over."""
        if self._cursor is old:
            cursor.heard = old.heard
            self._cursor = cursor

    def follow(self, cursor: Cursor | None) -> None:
        self._next = cursor

    def hush(self) -> None:
        self._next = self._ran_out = None
        self._paused = False
        self._end(EndReason.SKIPPED)

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    # What a tick is made of.
    def _obey(self) -> None:
        while self._orders:
            self._orders.popleft()()

    def _send(self, packet: bytes) -> bool:
        try:
            sent = self.sink(packet)
        except Exception:  # noqa: BLE001 - the sink is a stranger's code
            if not self._sink_broken:  # once for each time that it breaks, not fifty times a second
                _log.exception("a sink raised; the music waits until it takes packets again")
            self._sink_broken = True
            return False
        if sent:
            self._sink_broken = False
        return sent

    def _take_stock(self, cursor: Cursor) -> None:
        self._note_heard(cursor, heard=True)
        cursor.dry = 0
        complete = cursor.source.complete  # before the length: it may become complete in between
        cursor.look_at = len(cursor.source) if complete else cursor.index + 1
        if complete and cursor.index >= cursor.look_at:
            self._end(EndReason.FINISHED)

    def _note_heard(self, cursor: Cursor, *, heard: bool) -> None:
        if heard and not cursor.heard and cursor.play_id is not None:
            self.report(Started(cursor.play_id))
        cursor.heard = heard or cursor.heard

    def _run_dry(self, cursor: Cursor) -> None:
        """No packet: the end, a broken source, or one that is slow; a slow one is waited for."""
        source = cursor.source
        if source.complete:
            self._end(EndReason.FINISHED if cursor.heard or len(source) else EndReason.FAILED)
            return
        if source.error is not None and (len(source) == 0 or cursor.dry >= RESCUE_TICKS):
            _log.error("a stream broke off: %s", source.error)
            self._end(EndReason.FAILED)
            return
        cursor.dry += 1
        cursor.look_at = -1
        self._be_quiet()

    def _end(self, reason: EndReason) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        if cursor.play_id is not None:
            self.report(Ended(cursor.play_id, reason))
        elif reason is EndReason.FINISHED:
            self._ran_out = cursor
            return
        if reason is EndReason.FINISHED:
            self._cursor, self._next = self._next, None

    def _be_quiet(self) -> None:
        if self._sounding:
            self._sounding, self._silence_left = False, SILENCE_FRAMES
        if self._silence_left:
            self._silence_left -= 1
            self._send(SILENCE)  # where it is refused nobody listens, so it is not offered again
        elif self._cursor is None or self._paused:
            with self._gate:
                if not self._orders:
                    self._at_pacer = False
                    self.pacer.remove(self.tick)
