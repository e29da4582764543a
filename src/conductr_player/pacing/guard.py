"""Sees that the pacer hangs in a guild's sink."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import define

from .beat import Tick
from .calls import Calls

LOOK_EVERY_S: Final = 0.093  # no multiple of the grid, or each look would fall on the same guild's turn
HANGS_AT: Final = 3  # looks in a row at one and the same call: it takes two tenths of a second or more
HOGS_AT: Final = 10  # looks in a row at calls of one guild: it takes three quarters of the pacer's time, or more
STARVED_S: Final = 0.03  # of waiting for a processor between two looks: that is nobody's fault


@define(eq=False)
class Guard:
    """Looks at the pacer every 0.093 s; `starved_s` tells how long its thread has waited for a processor so far.

    A look that itself comes late says nothing of the pacer: then the whole process was stopped, or
    something held Python's lock all the time.
    """

    starved_s: Callable[[], float] = lambda: 0.0
    _looked_at: float = float("-inf")
    _call: tuple[Calls, int] | None = None
    _tick: Tick | None = None
    _same_call: int = 0
    _same_tick: int = 0
    _starved_so_far_s: float = 0.0

    @property
    def place(self) -> int:
        """Of the call that the latest look saw."""
        return self._call[1] if self._call is not None else 0

    def hangs(self, calling: Calls | None, now: float) -> bool:
        """Whether what is being called now is to be cut off."""
        timely, self._looked_at = now - self._looked_at < 1.3 * LOOK_EVERY_S, now
        call = (calling, calling.place) if calling is not None else None
        tick = calling.running if calling is not None else None
        if tick is not None:
            before, self._starved_so_far_s = self._starved_so_far_s, self.starved_s()
            timely = timely and self._starved_so_far_s - before < STARVED_S
        same_call, same_tick = timely and call == self._call, timely and tick == self._tick
        self._call, self._tick = call, tick
        self._same_call = self._same_call + 1 if same_call else 1
        self._same_tick = self._same_tick + 1 if same_tick else 1
        return tick is not None and (self._same_call >= HANGS_AT or self._same_tick >= HOGS_AT)


def starved_s(thread_id: int | None) -> float:
    """How long a thread of this process was ready to run but had no processor, since it began; 0 where nobody knows."""
    try:
        return int(Path(f"/proc/self/task/{thread_id}/schedstat").read_text("ascii").split()[1]) * 1e-9
    except (OSError, IndexError, ValueError):
        return 0.0  # not Linux, or a kernel that does not count it
