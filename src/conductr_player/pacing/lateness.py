"""How late ticks were, counted in a histogram of fixed size. No clock."""

from __future__ import annotations

from array import array
from typing import Final

from attrs import define, field

STEP_S: Final = 0.0001
STEPS: Final = 1_000  # later than 100 ms is all one


def _none_yet() -> array[int]:
    return array("Q", bytes(8 * (STEPS + 1)))


@define(eq=False)
class Lateness:
    """Written by one thread, read by any."""

    worst_s: float = 0.0
    _counts: array[int] = field(init=False, factory=_none_yet)

    def note(self, late_s: float, ticks: int) -> None:
        """So many ticks were so late."""
        self.worst_s = max(self.worst_s, late_s)
        self._counts[min(int(late_s / STEP_S), STEPS) if late_s > 0 else 0] += ticks

    def quantile_s(self, share: float) -> float:
        """The lateness that this share of all ticks (0.99: all but one in a hundred) did not exceed, to 0.1 ms.

        `worst_s` where it is beyond 100 ms; 0 before the first tick.
        """
        counts = self._counts.tolist()
        wanted, seen = share * sum(counts), 0
        for step, count in enumerate(counts[:-1], start=1):
            seen += count
            if seen >= wanted:
                return min(step * STEP_S, self.worst_s)
        return self.worst_s
