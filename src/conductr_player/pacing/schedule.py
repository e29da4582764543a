"""When each guild's next packet is due: a grid of 20 ms, spread over at most ten slots. No thread, no clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import ceil
from typing import Final

from attrs import define, field

from conductr_player.native.seats import Round, Seat
from conductr_player.packets.opus import FRAME_S

from .beat import Tick
from .calls import Calls
from .lateness import Lateness

SLOTS: Final = 10  # phases of the grid, 2 ms apart
GUILDS_A_SLOT: Final = 250  # a wake-up costs 40 us: fewer slots than this asks for are cheaper, more are smoother
CATCH_UP: Final = 3  # packets of a guild that may be made up for; behind by more, the rest is given up
CLOSEST_S: Final = 0.01  # two packets of a guild are never nearer, also while catching up
AHEAD_S: Final = 3 * FRAME_S  # no deadline is further away, unless the clock was set back
LONG_S: Final = 0.005  # for a round; one of 250 guilds takes 2 ms


@define(eq=False)
class _Slot:
    ticks: tuple[Tick, ...] = ()  # replaced, never changed: the pacer may be going through it
    joining: tuple[Tick, ...] = ()  # had their first turn too shortly before the slot's own
    guilds: int = 0  # with those who wait for their first turn
    due: float = 0.0  # the grid's next deadline
    wake: float = 0.0  # when it is really served; later than `due` only after a delay
    round: Round[Tick] = field(factory=Round[Tick])  # what of it leaves without a call


@define(eq=False)
class Schedule:
    """Absolute deadlines for every guild's tick. Added to by any thread, run by one.

    A new guild has its first turn at once and the others in its slot, 10 to 30 ms later the second.
    """

    lateness: Lateness = field(factory=Lateness)
    given_up: int = 0  # times that a slot was too far behind to catch up
    calling: Calls | None = None  # what is being called just now
    _slots: tuple[_Slot, ...] = field(factory=lambda: tuple(_Slot() for _ in range(SLOTS)))
    _where: dict[Tick, _Slot] = field(factory=dict[Tick, _Slot])
    _seats: dict[Tick, Seat] = field(factory=dict[Tick, Seat])
    _new: tuple[Tick, ...] = ()
    _anchor: float = 0.0
    _lock: threading.Lock = field(factory=threading.Lock)

    def add(self, tick: Tick, now: float, seat: Seat | None = None) -> None:
        """Call `tick` once as soon as may be, then every 20 ms in its slot. Adding twice is adding once.

        It is not called when its packet leaves from `seat`.
        """
        with self._lock:
            if tick in self._where:
                return
            if not self._where:
                self._anchor = now
            slot = self._slot_for_one_more(now)
            if not slot.guilds:
                offset = self._anchor + self._slots.index(slot) * FRAME_S / SLOTS
                slot.due = slot.wake = offset + ceil((now - offset) / FRAME_S) * FRAME_S
            slot.guilds += 1
            self._where[tick] = slot
            if seat is not None:
                self._seats[tick] = seat
            self._new += (tick,)

    def remove(self, tick: Tick) -> None:
        with self._lock:
            if slot := self._where.pop(tick, None):
                slot.guilds -= 1
                self._seats.pop(tick, None)
                slot.ticks = tuple(each for each in slot.ticks if each != tick)
                slot.joining = tuple(each for each in slot.joining if each != tick)
                self._new = tuple(each for each in self._new if each != tick)
                if not slot.guilds:  # nobody serves it any more, so what its round knows would be kept for ever
                    slot.round = Round()

    def __len__(self) -> int:
        return len(self._where)

    def next_wake(self) -> float | None:
        """When `run` has something to do; None: never."""
        if self._new:
            return float("-inf")
        return min((slot.wake for slot in self._slots if slot.ticks or slot.joining), default=None)

    def run(self, clock: Callable[[], float], on_error: Callable[[Exception], None]) -> None:
        """Call all that is due by now; what a tick raises goes to `on_error` and stops nobody else.

        Returns early where `cut_off` has taken the work out of its hands.
        """
        if self._new and not self._first_turns(clock, on_error):
            return
        for slot in self._slots:
            # Each slot by its own time: one before it may have taken long.
            if (slot.ticks or slot.joining) and slot.wake <= (now := clock()):
                ticks = self._ride(slot, self._turn_of(slot, now), on_error)
                if ticks and not self._call(ticks, on_error):
                    return
                slot.wake = max(slot.due, clock() + CLOSEST_S)

    def cut_off(self, seen: Calls, place: int) -> Tick | None:
        """Take the work from a thread that hangs in this one of the calls, and forget that tick, which is returned.

        The thread's own `run` does no more once the call returns. Who was to come after it has its turn
        with the next `run`, by another thread: by then every slot is overdue. None: it does not hang any more.
        """
        with self._lock:
            if self.calling is not seen or seen.place != place:
                return None
            tick, self.calling = seen.running, None
            seen.end()
        if tick is not None:
            self.remove(tick)
        return tick

    def settle(self, now: float) -> None:
        """After the clock was set back: the same grid, from now on."""
        with self._lock:
            for slot in self._slots:
                ahead = max(0.0, (slot.wake - now) // FRAME_S) * FRAME_S
                slot.due, slot.wake = slot.due - ahead, slot.wake - ahead

    def _ride(self, slot: _Slot, ticks: tuple[Tick, ...], on_error: Callable[[Exception], None]) -> tuple[Tick, ...]:
        """Who must be called, since its packet did not leave from a seat. A round that fails is begun anew."""
        try:
            return slot.round.serve(ticks, self._seats)
        except Exception as error:  # noqa: BLE001 - a socket that is none, no memory: one slot's turn, not the pacer
            slot.round = Round()
            on_error(error)
            return ticks

    def _call(self, ticks: tuple[Tick, ...], on_error: Callable[[Exception], None]) -> bool:
        """False: the round was cut off meanwhile."""
        self.calling = calling = Calls(ticks)
        calling.call(on_error)
        with self._lock:
            if self.calling is not calling:
                return False
            self.calling = None
        return True

    def _first_turns(self, clock: Callable[[], float], on_error: Callable[[Exception], None]) -> bool:
        """Call who is new."""
        with self._lock:
            now = clock()
            new, self._new = self._new, ()
            for tick in new:
                slot = self._where[tick]
                if slot.wake - now >= CLOSEST_S:
                    slot.ticks += (tick,)
                else:
                    slot.joining += (tick,)
        if not self._call(new, on_error):
            return False
        if clock() - now > LONG_S:  # they had their turn just now, whenever their slot's is
            for slot in self._slots:
                slot.wake = max(slot.wake, clock() + CLOSEST_S)
        return True

    def _turn_of(self, slot: _Slot, now: float) -> tuple[Tick, ...]:
        """Who is called; sets the slot's next deadline."""
        late = now - slot.due
        self.lateness.note(late, len(slot.ticks))
        if late > CATCH_UP * FRAME_S:
            slot.due += (late // FRAME_S) * FRAME_S
            self.given_up += 1
        slot.due += FRAME_S
        slot.wake = slot.due
        if not slot.joining:
            return slot.ticks
        with self._lock:
            ticks, slot.ticks, slot.joining = slot.ticks, slot.ticks + slot.joining, ()
        return ticks

    def _slot_for_one_more(self, now: float) -> _Slot:
        """The slot whose turn is next but not too near, among those with room; a new one where all are full."""
        used = [number for number, slot in enumerate(self._slots) if slot.guilds]
        wanted = min(SLOTS, ceil((len(self._where) + 1) / GUILDS_A_SLOT))
        if len(used) < wanted:
            free = [number for number in range(SLOTS) if number not in used]
            return self._slots[max(free, key=lambda number: min((_apart(number, u) for u in used), default=0))]
        fullest = sorted((self._slots[number] for number in used), key=lambda slot: slot.guilds, reverse=True)[:wanted]
        fair = ceil((len(self._where) + 1) / len(fullest))
        roomy = [slot for slot in fullest if slot.guilds < fair]
        return min(roomy, key=lambda slot: abs((slot.wake - now) % FRAME_S - FRAME_S))


def _apart(one: int, other: int) -> int:
    """How many slots lie between two, round the grid."""
    gap = abs(one - other)
    return min(gap, SLOTS - gap)
