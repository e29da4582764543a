"""RemoteLine: a line that lives in the pacer's process, with the face of one that lives here."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from attrs import define, field

from conductr_player.core.inputs import Ended, LinkLost, Report, Started
from conductr_player.core.queue import EndReason
from conductr_player.errors import SourceError
from conductr_player.pacing.orders import Follow, Jump, Order, Resume, Switch, Take, Unfollow
from conductr_player.pacing.pacers import Reporter
from conductr_player.packets.opus import FRAME_S
from conductr_player.packets.sources import PacketSource

from .board import Standing

_log = logging.getLogger(__name__)


class Far(Protocol):
    """The way to the process, for one line."""

    def give(self, order: Order) -> bool:
        """False: there is no process any more."""
        ...

    def look(self) -> Standing: ...

    def close(self) -> None: ...


@define(eq=False)
class _Play:
    """One that is not over. It holds what is read there: a source that nobody holds is given up."""

    began_s: float
    sources: tuple[PacketSource, ...]


@define(eq=False)
class RemoteLine:
    """Orders go to the pacer's process; where it stands is read from shared memory; reports come by another thread.

    It keeps which plays are not over, so that `close` can end them at once, even if the process is gone.
    """

    far: Far
    report: Reporter
    _plays: dict[int, _Play] = field(init=False, factory=dict[int, _Play])
    _follow: PacketSource | None = field(init=False, default=None)
    _lock: threading.RLock = field(init=False, factory=threading.RLock)
    _last: Standing | None = field(init=False, default=None)  # of a line that is closed

    def give(self, order: Order) -> None:
        """See `LineLike`. Where the process is gone, `LinkLost` is reported for each Take, Jump and Resume."""
        with self._lock:
            if self._last is not None:
                return
            self._hold(order)
            try:
                answer = None if self.far.give(order) else LinkLost()
            except SourceError:
                _log.exception("a source cannot be had in the pacer's process")
                answer = Ended(order.play_id, EndReason.LOAD_FAILED) if isinstance(order, Take | Jump) else None
        if answer is not None and isinstance(order, Take | Jump | Resume):
            self.heard(answer)

    def close(self) -> None:
        """See `LineLike`: ends what plays without waiting for the process."""
        with self._lock:
            if self._last is not None:
                return
            self._last = last = self.far.look()
            plays, self._plays, self._follow = self._plays, {}, None
            self.far.close()
        sounding, index = last.place
        for play_id, play in plays.items():
            position_s = index * FRAME_S * last.speed if play_id == sounding else play.began_s
            self._tell(Ended(play_id, EndReason.SHUTDOWN, position_s))

    def heard(self, report: Report | LinkLost) -> None:
        """What the process says of this line; late words of what is over are passed over."""
        with self._lock:
            if self._last is not None:
                return
            if isinstance(report, Started) and report.play_id not in self._plays:
                return
            if isinstance(report, Ended) and self._plays.pop(report.play_id, None) is None:
                return
        self._tell(report)

    @property
    def place(self) -> tuple[int | None, int]:
        return self._standing.place

    @property
    def speed(self) -> float:
        return self._standing.speed

    @property
    def packets_sent(self) -> int:
        return self._standing.packets_sent

    @property
    def waiting(self) -> bool:
        return self._standing.waiting

    @property
    def refused(self) -> bool:
        return self._standing.refused

    @property
    def _standing(self) -> Standing:
        with self._lock:
            return self._last or self.far.look()

    def _hold(self, order: Order) -> None:
        match order:
            case Take(play_id, _, source, index):
                self._plays[play_id] = _Play(index * FRAME_S * source.speed, (source,))
                self._follow = None
            case Jump(play_id, source) | Switch(play_id, source) if play_id in self._plays:
                play = self._plays[play_id]
                play.sources = (*play.sources[-2:], source)  # the one before plays on until this one has come so far
            case Follow(_, source):
                self._follow = source
            case Unfollow():
                self._follow = None
            case _:
                pass

    def _tell(self, report: Report | LinkLost) -> None:
        try:
            self.report(report)
        except Exception:  # noqa: BLE001 - a stranger's callable must not end what all lines share
            _log.exception("a report was not taken")
