"""When each guild's next packet is due: a grid of 20 ms, spread over at most ten slots. No thread, no clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import ceil
from typing import Final

from attrs import define, field

from .opus import FRAME_S

SLOTS: Final = 10  # phases of the grid, 2 ms apart
GUILDS_A_SLOT: Final = 250  # a wake-up costs 40 us: fewer slots than this asks for are cheaper, more are smoother
REANCHOR_AFTER_S: Final = 0.1  # behind by more: those ticks are given up, not sent in a burst
CLOSEST_S: Final = 0.01  # two packets of a guild are never nearer, also while catching up

Tick = Callable[[], None]


@define(eq=False)
class _Slot:
    ticks: tuple[Tick, ...] = ()  # replaced, never changed: the pacer may be going through it
    due: float = 0.0  # the grid's next deadline
    wake: float = 0.0  # when it is really served; later than `due` only after a delay


@define(eq=False)
class Schedule:
    """Absolute deadlines for every guild's tick. Added to by any thread, run by one."""

    worst_late_s: float = 0.0
    given_up: int = 0  # times that a slot was too far behind to catch up
    _slots: tuple[_Slot, ...] = field(factory=lambda: tuple(_Slot() for _ in range(SLOTS)))
    _where: dict[Tick, _Slot] = field(factory=dict[Tick, _Slot])
    _anchor: float = 0.0
    _lock: threading.Lock = field(factory=threading.Lock)

    def add(self, tick: Tick, not_before: float) -> None:
        """Call `tick` every 20 ms, first at the next slot's time from `not_before`. Adding twice is adding once."""
        with self._lock:
            if tick in self._where:
                return
            if not self._where:
                self._anchor = not_before
            slot = self._slot_for_one_more(not_before)
            if not slot.ticks:
                offset = self._anchor + self._slots.index(slot) * FRAME_S / SLOTS
                slot.due = slot.wake = offset + ceil((not_before - offset) / FRAME_S) * FRAME_S
            slot.ticks += (tick,)
            self._where[tick] = slot

    def remove(self, tick: Tick) -> None:
        with self._lock:
            if slot := self._where.pop(tick, None):
                slot.ticks = tuple(each for each in slot.ticks if each != tick)

    def next_wake(self) -> float | None:
        """When `run` has something to do; None: never."""
        return min((slot.wake for slot in self._slots if slot.ticks), default=None)

    def run(self, now: float, on_error: Callable[[Exception], None]) -> None:
        """Call what is due at `now`; what a tick raises goes to `on_error` and stops nobody else."""
        for slot in self._slots:
            if slot.ticks and slot.wake <= now:
                self._set_next(slot, now)
                for tick in slot.ticks:
                    try:
                        tick()
                    except Exception as error:  # noqa: BLE001 - one guild's fault must not end the others' music
                        on_error(error)

    def _set_next(self, slot: _Slot, now: float) -> None:
        late = now - slot.due
        self.worst_late_s = max(self.worst_late_s, late)
        if late > REANCHOR_AFTER_S:
            slot.due += (late // FRAME_S) * FRAME_S
            self.given_up += 1
        slot.due += FRAME_S
        slot.wake = max(slot.due, now + CLOSEST_S)

    def _slot_for_one_more(self, now: float) -> _Slot:
        """The slot that comes next, among those with room; a new one, far from the others, where all are full."""
        used = [number for number, slot in enumerate(self._slots) if slot.ticks]
        wanted = min(SLOTS, ceil((len(self._where) + 1) / GUILDS_A_SLOT))
        if len(used) < wanted:
            free = [number for number in range(SLOTS) if number not in used]
            return self._slots[max(free, key=lambda number: min((_apart(number, u) for u in used), default=0))]
        fair = ceil((len(self._where) + 1) / len(used))
        roomy = [self._slots[number] for number in used if len(self._slots[number].ticks) < fair]
        return min(roomy, key=lambda slot: (slot.wake - now) % FRAME_S)


def _apart(one: int, other: int) -> int:
    """How many slots lie between two, round the grid."""
    gap = abs(one - other)
    return min(gap, SLOTS - gap)
