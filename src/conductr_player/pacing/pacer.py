"""The 20 ms clock for all guilds: one thread, absolute deadlines, and a guard that it does not hang."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self
from weakref import WeakSet

from attrs import define, field

from conductr_player.native.seats import Seat, new_seat

from .beat import PacketSink, SinkSpec, Tick
from .calls import Calls
from .guard import LOOK_EVERY_S, Guard, starved_s
from .line import Line
from .pacers import Reporter
from .schedule import AHEAD_S, Schedule

__all__ = ["Pacer", "PacketSink"]

CLOSE_LOOK_S = 0.001  # a round takes two

_log = logging.getLogger(__name__)


@define(eq=False)
class _Worker:
    """A thread that makes the rounds, until it hangs."""

    thread: threading.Thread | None = None
    busy: threading.RLock = field(factory=threading.RLock)  # held while ticks are called
    hung: Tick | None = None


@define(eq=False)
class Pacer:
    """Calls every guild's tick each 20 ms, in one thread of its own, for as long as its `with` lasts.

    Python's threads share one interpreter: beside a busy event loop each packet waits for it, by up to
    `sys.getswitchinterval()` (5 ms). `switch_interval_s` sets that for the whole program while the
    pacer is open (docs/performance.md has figures); a `PacerProcess` is out of its reach.
    """

    now: Callable[[], float] = time.monotonic
    switch_interval_s: float | None = None
    _schedule: Schedule = field(init=False, factory=Schedule)
    _lines: WeakSet[Line] = field(init=False, factory=WeakSet[Line])
    _on_stuck: dict[Tick, Tick] = field(init=False, factory=dict[Tick, Tick])
    _seats: dict[Tick, Seat] = field(init=False, factory=dict[Tick, Seat])
    _hung: dict[Tick, bool] = field(init=False, factory=dict[Tick, bool])  # True: to be called again once it returns
    _gate: threading.Lock = field(init=False, factory=threading.Lock)  # over the three above and the worker
    _bell: threading.Lock = field(init=False, factory=threading.Lock)  # to be had when something is new
    _working: threading.Event = field(init=False, factory=threading.Event)
    _over: threading.Event = field(init=False, factory=threading.Event)
    _gone: threading.Event = field(init=False, factory=threading.Event)
    _worker: _Worker | None = field(init=False, default=None)
    _guarding: threading.Thread | None = field(init=False, default=None)
    _usual_interval_s: float = field(init=False, default=0.005)

    def __enter__(self) -> Self:
        self._over.clear()
        self._gone.clear()
        self._usual_interval_s = sys.getswitchinterval()
        if self.switch_interval_s is not None:
            sys.setswitchinterval(self.switch_interval_s)
        self._worker = _Worker()
        self._start(self._worker)
        self._guarding = threading.Thread(target=self._guard, name="conductr-pacer-guard", daemon=True)
        self._guarding.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        while (worker := self._working_now()) and worker.thread is not None and worker.thread.is_alive():
            self._ring()
            worker.thread.join(LOOK_EVERY_S)  # where it hangs, the guard puts another in its place
        self._gone.set()
        self._working.set()
        if self._guarding is not None:
            self._guarding.join()
        self._worker = None
        if self.switch_interval_s is not None:
            sys.setswitchinterval(self._usual_interval_s)

    def line(self, sink: PacketSink | SinkSpec, report: Reporter) -> Line:
        """A guild's line at this pacer."""
        line = Line(self, sink if callable(sink) else sink.open(), report, seat=new_seat())
        self._lines.add(line)
        return line

    @property
    def load(self) -> int:
        return len(self._lines)

    @property
    def worst_late_s(self) -> float:
        """How late the latest tick so far was."""
        return self._schedule.lateness.worst_s

    @property
    def late_p99_s(self) -> float:
        """The lateness that 99 in 100 ticks did not exceed, to 0.1 ms."""
        return self._schedule.lateness.quantile_s(0.99)

    @property
    def given_up(self) -> int:
        """How often it was so far behind that it let ticks fall out instead of sending a burst."""
        return self._schedule.given_up

    def add(self, tick: Tick, on_stuck: Tick | None = None, seat: Seat | None = None) -> None:
        """See `Beat`."""
        with self._gate:
            if on_stuck is not None:
                self._on_stuck[tick] = on_stuck
            if seat is not None:
                self._seats[tick] = seat
            if tick in self._hung:
                self._hung[tick] = True
                return
        self._schedule.add(tick, self.now(), seat)
        self._ring()

    def remove(self, tick: Tick) -> None:
        """See `Beat`."""
        self._schedule.remove(tick)
        with self._gate:
            self._on_stuck.pop(tick, None)
            self._seats.pop(tick, None)
            if tick in self._hung:
                self._hung[tick] = False
        while (worker := self._working_now()) is not None:
            if worker.busy.acquire(timeout=CLOSE_LOOK_S):
                worker.busy.release()
                return
            calling = self._schedule.calling  # where there is none it may just be set up, with this tick
            if calling is not None and not calling.may_call(tick):
                return

    def _ring(self) -> None:
        self._working.set()
        try:
            self._bell.release()
        except RuntimeError:
            return  # it was rung already

    def _start(self, worker: _Worker) -> None:
        worker.thread = threading.Thread(target=self._work, args=(worker,), name="conductr-pacer", daemon=True)
        worker.thread.start()

    def _working_now(self) -> _Worker | None:
        with self._gate:
            return self._worker

    def _work(self, worker: _Worker) -> None:
        schedule, now, bell = self._schedule, self.now, self._bell
        while (self._worker is worker or self._working_now() is worker) and not self._over.is_set():
            wake = schedule.next_wake()
            if wake is None:
                self._rest()
                continue
            delay = wake - now()
            if delay > AHEAD_S:
                schedule.settle(now())
            elif delay <= 0 or not bell.acquire(timeout=delay):
                with worker.busy:
                    schedule.run(now, _note)
        if worker.hung is not None:
            self._returned(worker.hung)

    def _rest(self) -> None:
        """Nobody is at play: the guard may rest too."""
        self._working.clear()
        if self._schedule.next_wake() is None:
            self._bell.acquire()
        self._working.set()

    def _guard(self) -> None:
        guard = Guard(self._starved_s)
        while not self._gone.wait(LOOK_EVERY_S):
            self._working.wait()
            seen = self._schedule.calling
            if guard.hangs(seen, self.now()) and seen is not None:
                self._hand_over(seen, guard.place)

    def _starved_s(self) -> float:
        worker = self._worker
        return starved_s(worker.thread.native_id) if worker is not None and worker.thread is not None else 0.0

    def _hand_over(self, seen: Calls, place: int) -> None:
        """Cut off the tick that hangs, and go on without it in another thread.

        The old thread is no worker any more before it is let go on: it would make a round beside the new one's.
        """
        with self._gate:
            old, self._worker = self._worker, (new := _Worker())
            tick = self._schedule.cut_off(seen, place) if old is not None else None
            if old is None or tick is None:
                self._worker = old
                return
            old.hung = tick
            self._hung[tick] = True
            on_stuck = self._on_stuck.get(tick)
            self._start(new)
        _log.error("a sink hangs; it is cut off, and the others go on without it")
        if on_stuck is not None:
            _safely(on_stuck)

    def _returned(self, tick: Tick) -> None:
        """A call that hung is over at last."""
        with self._gate:
            wanted, seat = self._hung.pop(tick), self._seats.get(tick)
        if wanted:
            self.add(tick, seat=seat)


def _safely(todo: Tick) -> None:
    try:
        todo()
    except Exception as error:  # noqa: BLE001 - the guard must go on
        _note(error)


def _note(error: Exception) -> None:
    _log.error("a guild's tick failed", exc_info=error)
