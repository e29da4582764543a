"""The 20 ms clock for all guilds: one thread, absolute deadlines."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from attrs import define, field

from .schedule import Schedule, Tick

_log = logging.getLogger(__name__)

PacketSink = Callable[[bytes], bool]
"""Takes one 20 ms Opus packet, in the pacer's thread; must not block.

False: there is no link now. The same packet is offered again at the next tick, and the
position stands still. An exception counts as False, and is logged.
"""


@define(eq=False)
class Pacer:
    """Calls every guild's tick each 20 ms, in one thread of its own, for as long as its `with` lasts.

    Python's threads share one interpreter: CPU-bound Python beside the pacer makes it late by up to
    `sys.getswitchinterval()` (5 ms) each time. Keep such work in other processes; where that cannot
    be, `sys.setswitchinterval(0.0005)` in the program's start helps a little, and so does `gc.freeze()`.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _schedule: Schedule = field(init=False, factory=Schedule)
    _woken: threading.Event = field(init=False, factory=threading.Event)
    _pass: threading.RLock = field(init=False, factory=threading.RLock)  # held while ticks are called
    _asleep_until: float = field(init=False, default=0.0)
    _thread: threading.Thread | None = field(init=False, default=None)
    _over: bool = field(init=False, default=False)

    def __enter__(self) -> Self:
        self._over = False
        self._thread = threading.Thread(target=self._run, name="conductr-pacer", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def add(self, tick: Tick) -> None:
        """Start calling `tick`; from any thread. Adding twice is adding once."""
        self._schedule.add(tick, max(self.now(), self._asleep_until))
        self._woken.set()

    def remove(self, tick: Tick) -> None:
        """Stop calling `tick`; when this returns it is not running either (unless it called this itself)."""
        self._schedule.remove(tick)
        with self._pass:
            pass

    @property
    def worst_late_s(self) -> float:
        """How late the latest tick so far was."""
        return self._schedule.worst_late_s

    @property
    def given_up(self) -> int:
        """How often it was so far behind that it let ticks fall out instead of sending a burst."""
        return self._schedule.given_up

    def run_due(self, now: float) -> None:
        """Call every tick that is due at `now`; the thread's work."""
        with self._pass:
            self._schedule.run(now, _note)

    def _run(self) -> None:
        while not self._over:
            wake = self._schedule.next_wake()
            if wake is None:
                self._asleep_until = 0.0
                self._woken.wait()
                self._woken.clear()
                continue
            self._asleep_until = wake
            if (delay := wake - self.now()) > 0:
                self.sleep(delay)
            self.run_due(self.now())


def _note(error: Exception) -> None:
    _log.error("a guild's tick failed", exc_info=error)
