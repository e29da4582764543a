"""When to ask again, and after how long. Pure: the caller sleeps, and brings its own random numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random


@dataclass(frozen=True, slots=True)
class Polling:
    """How often a task is looked at: `first_s`, growing to `max_s`, back to `first_s` whenever something changed.

    `jitter` spreads each delay by that share to both sides. `floor_s` is the gateway's own, the least time between
    two looks at one task, whoever looks; it is lowered only against a sandbox. `lanes` is
    how many looks of a client are under way at a time; tasks take turns. An end that was seen is remembered `keep_s`.
    """

    first_s: float = 3.0
    max_s: float = 15.0
    growth: float = 1.5
    jitter: float = 0.2
    floor_s: float = 0.34
    lanes: int = 8
    keep_s: float = 60.0

    def __post_init__(self) -> None:
        if not (0 <= self.first_s <= self.max_s and self.growth >= 1 and 0 <= self.jitter < 1):
            raise ValueError("0 <= first_s <= max_s, growth >= 1 and 0 <= jitter < 1 must hold")
        if not (self.floor_s >= 0 and self.keep_s >= 0 and self.lanes >= 1):
            raise ValueError("floor_s and keep_s are not negative, and lanes is at least 1")

    def delay(self, unchanged: int, left_s: float, rng: Random) -> float:
        """Seconds before the next look, after `unchanged` looks that showed nothing new; never past the deadline."""
        grown = self.max_s if unchanged > 64 else min(self.max_s, self.first_s * self.growth**unchanged)
        spread = grown * (1 + self.jitter * (2 * rng.random() - 1))
        return min(max(spread, self.floor_s), max(left_s, 0.0))

    def at_speed(self, speed: float) -> Polling:
        """The same habits against a sandbox whose clock runs `speed` times as fast."""
        return replace(
            self,
            first_s=self.first_s / speed,
            max_s=self.max_s / speed,
            floor_s=self.floor_s / speed,
        )
