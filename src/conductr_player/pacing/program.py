"""What a guild hears next, as orders change it: plays, what follows, other renditions, bridges. No sink, no pacer."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Iterator
from typing import Final

from attrs import define, field

from conductr_player.core.inputs import Ended, Report, Started
from conductr_player.core.queue import EndReason
from conductr_player.core.tracks import FILE_WITHIN_S
from conductr_player.packets.opus import FRAME_S

from .cursor import Cursor, left_of
from .orders import Amend, Follow, Hush, Jump, Lead, Order, Pause, Resume, Switch, Take, Unfollow

RESCUE_TICKS: Final = round(FILE_WITHIN_S / FRAME_S)  # that a source which broke off is given for its finished file

_NOTHING: Final[Iterator[bytes | None]] = iter(())
_log = logging.getLogger(__name__)


@define(eq=False)
class Program:
    """Keeps `_packet`, to be sent next, and `_run`, those after it; whoever sends them counts `_sent`.

    A run is an iterator, mostly one that is all C, so that a packet costs next to nothing. What else there is
    to do is done where a run ends: after a play's first packet, at its end, at a bridge's.
    """

    _sent: int = field(init=False, default=0)  # packets that the sink took, silence too
    _packet: bytes | None = field(init=False, default=None)  # to send at the next tick
    _run: Iterator[bytes | None] = field(init=False, default=_NOTHING)  # those after it
    _cursor: Cursor | None = field(init=False, default=None)
    _next: Follow | None = field(init=False, default=None)
    _switch: Switch | None = field(init=False, default=None)  # waits for its source to come so far
    _ran_out: Cursor | None = field(init=False, default=None)  # ran ahead and ended before it was claimed
    _paused: bool = field(init=False, default=False)
    _cut_off: bool = field(init=False, default=False)
    _begun: bool = field(init=False, default=False)  # a run was, since somebody last looked

    @property
    def packets_sent(self) -> int:
        """See `LineLike`."""
        return self._sent

    @abstractmethod
    def _tell(self, report: Report) -> None: ...

    @property
    def place(self) -> tuple[int | None, int]:
        """The play that sounds and its next packet; None for the play where it is not claimed yet, or there is none."""
        cursor = self._cursor
        return (None, 0) if cursor is None else (cursor.play_id, cursor.index(self.packets_sent))

    @property
    def speed(self) -> float:
        """Seconds of the track in a second of what sounds: times FRAME_S and the index, it is the position."""
        cursor = self._cursor
        return 1.0 if cursor is None else cursor.source.speed

    @property
    def waiting(self) -> bool:
        """The source has run dry for now: a stream that stalls."""
        cursor = self._cursor
        return cursor is not None and cursor.dry > 0 and not self._still

    def obey(self, order: Order) -> None:
        """Raises what a source raises."""
        match order:
            case Take():
                self._take(order)
            case Jump():
                self._jump(order)
            case Amend():
                pass  # what it amends is obeyed already
            case Switch():
                self._switch = order
                self._load()
            case Follow() | Unfollow():
                self._next = order if isinstance(order, Follow) else None
                self._load()
            case Pause(tail):
                self._pause(tail)
            case Resume():
                self._paused = self._cut_off = False
                self._load()
            case Hush(reason, tail):
                self._hush(reason, tail)

    def _take(self, order: Take) -> None:
        old, ran_out, self._ran_out, self._next = self._cursor, self._ran_out, None, None
        self._cut_off = False
        if old is not None and old.play_id is None and old.entry_id == order.entry_id and order.index == 0:
            old.play_id = order.play_id
            if old.source is not order.source:  # it ran ahead in the sound of a moment ago
                self._switch = Switch(order.play_id, order.source)
            if old.heard:
                self._tell(Started(order.play_id))
            self._load()
            return
        bridge = self._usable(order.lead)
        self._end(EndReason.REPLACED)
        if ran_out is not None and ran_out.entry_id == order.entry_id and order.index == 0:
            self._tell(Started(order.play_id))
            self._tell(Ended(order.play_id, EndReason.FINISHED, ran_out.position_s(self._sent)))
        else:
            self._cursor = Cursor(order.source, order.entry_id, order.play_id, order.index)
            self._cursor.cross(bridge, len(order.lead.packets) if order.lead else 0)
        self._load()

    def _jump(self, order: Jump) -> None:
        old = self._cursor
        if old is not None and old.play_id == order.play_id:
            cursor = Cursor(order.source, old.entry_id, old.play_id, order.index, heard=old.heard)
            cursor.cross(self._usable(order.lead), len(order.lead.packets) if order.lead else 0)
            self._cursor = cursor
            self._switch = None
            self._load()

    def _hush(self, reason: EndReason, tail: Lead | None) -> None:
        self._next = self._ran_out = None
        if self._cursor is not None:
            fade = self._usable(tail)
            self._end(reason)
            self._send(fade)
        self._paused = False

    def _pause(self, tail: Lead | None) -> None:
        if not self._still:
            fade = self._usable(tail)
            self._stand_still()
            self._send(fade)
        self._paused = True

    @property
    def _still(self) -> bool:
        return self._paused or self._cut_off

    def _usable(self, lead: Lead | None) -> tuple[bytes, ...]:
        """What is left of a bridge; nothing unless there is sound to bridge from."""
        if self._cursor is None or self._packet is None or self._still:
            return ()
        return left_of(lead, self._cursor.index(self._sent))

    def _stand_still(self) -> None:
        if self._cursor is not None:
            self._cursor.hold(self._sent)
        self._packet, self._run = None, _NOTHING

    def _send(self, fade: tuple[bytes, ...]) -> None:
        self._run = iter(fade)
        self._packet = next(self._run, None)

    def _drop_fade(self) -> None:
        """The sink refused a packet: where that was of a fade nobody is there to hear it, now or later."""
        if self._cursor is None or self._still:
            self._packet, self._run = None, _NOTHING

    # What comes next.
    def _go_on(self) -> None:
        """A run is used up."""
        cursor = self._cursor
        if cursor is not None and not cursor.heard and not self._still:
            cursor.heard = True
            if cursor.play_id is not None:
                self._tell(Started(cursor.play_id))
        self._load()

    def _load(self) -> None:
        """Find out what to send next: of what plays, or, where that is over, of what follows it."""
        while self._cursor is not None and not self._still:
            if self._switch is not None:
                self._try(self._switch, self._cursor)
            cursor = self._cursor
            index = cursor.held = cursor.within(cursor.index(self._sent))
            ahead = len(self._next.lead) if self._next else 0
            self._run = cursor.run(index, ahead_of_end=ahead, one=not cursor.heard or self._switch is not None)
            self._packet = next(self._run, None)
            if self._packet is not None:
                cursor.flow(self._sent)
                self._begun = True
                return
            if not cursor.source.complete:
                return
            self._end(EndReason.FINISHED if cursor.heard or len(cursor.source) else EndReason.LOAD_FAILED)

    def _try(self, switch: Switch, cursor: Cursor) -> None:
        """Change to the other rendition if it has come so far, or forget it if it never will."""
        source = switch.source
        index = cursor.index_in(source, self._sent)
        if cursor.play_id != switch.play_id:
            self._switch = None
        elif cursor.in_bridge(cursor.index(self._sent)):
            return
        elif source.first <= index < len(source):
            self._cursor = Cursor(source, cursor.entry_id, cursor.play_id, index, heard=cursor.heard)
            self._switch = None
        elif source.error is not None or (source.complete and index >= len(source)):
            self._switch = None

    def _wait(self, cursor: Cursor) -> None:
        """A source that is slow is waited for; one that broke is too, if a finished file may still come."""
        cursor.dry += 1
        if cursor.source.error is not None and (len(cursor.source) == 0 or cursor.dry > RESCUE_TICKS):
            _log.error("a stream broke off: %s", cursor.source.error)
            self._end(EndReason.LOAD_FAILED)

    def _end(self, reason: EndReason) -> None:
        cursor, self._cursor, self._switch = self._cursor, None, None
        self._packet, self._run = None, _NOTHING
        if cursor is None:
            return
        follow, index = self._next, cursor.hold(self._sent)
        if cursor.play_id is not None:
            self._tell(Ended(cursor.play_id, reason, cursor.position_s(self._sent)))
        elif reason is EndReason.FINISHED:
            self._ran_out = cursor
        if reason is EndReason.FINISHED and follow is not None:
            lead = follow.lead if index + len(follow.lead) <= len(cursor.source) else ()
            self._cursor = Cursor(follow.source, follow.entry_id, None, bridge=lead)
            self._next = None

    def _source_broke(self) -> None:
        _log.exception("a source broke")
        self._end(EndReason.LOAD_FAILED)
