"""When a call is made again, and after how long. Pure: the caller sleeps, and brings its own random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .errors import Misunderstood, NotSent, SunoError, TooMany, Unanswered

FREE = (NotSent, Unanswered, Misunderstood, TooMany)  # trouble that may pass, with what costs nothing
SAFE = (NotSent, TooMany)  # surely neither taken nor charged


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often a call is tried in all: `reads` for what costs nothing, `submissions` for what does.

    A submission is tried again only where it surely was not taken: nothing left, or the gateway said that it comes
    too fast. What the gateway asks for in waiting time wins over our own growing delay; where it asks for more than
    `longest_s`, the caller is told instead.
    """

    reads: int = 3
    submissions: int = 3
    first_s: float = 0.5
    longest_s: float = 30.0

    def __post_init__(self) -> None:
        if not (self.reads >= 1 and self.submissions >= 1 and 0 <= self.first_s <= self.longest_s):
            raise ValueError("reads and submissions are at least 1, and 0 <= first_s <= longest_s must hold")

    def delay(
        self, error: SunoError, tried: int, rng: Random, *, spends: bool, server_says: bool | None = None
    ) -> float | None:
        """Seconds before the next try after `tried` tries, None for no more.

        `server_says` is its own word on trying again: No always counts, Yes only where nothing can be charged.
        """
        again = isinstance(error, SAFE if spends else FREE) or (server_says is True and not spends)
        if not again or server_says is False or tried >= (self.submissions if spends else self.reads):
            return None
        asked_s = error.retry_after_s if isinstance(error, TooMany) else 0.0
        if asked_s > self.longest_s:
            return None
        backoff_s = self.first_s * 2 ** min(tried - 1, 32) * (0.5 + rng.random() / 2)
        return min(max(backoff_s, asked_s), self.longest_s)
