"""When a transaction that the database was too busy for is begun again. Pure."""

from __future__ import annotations

from random import Random

ATTEMPTS = 5
FIRST_DELAY_S = 0.02
LONGEST_DELAY_S = 0.5
PATIENCE_S = 10.0  # after the first try's beginning, no other is begun


def delay_before_s(attempt: int, rng: Random) -> float:
    """Seconds to wait before `attempt` (2 is the first repetition). Two that met do not meet again: half is chance."""
    longest = min(FIRST_DELAY_S * 2 ** (attempt - 2), LONGEST_DELAY_S)
    return longest * (0.5 + rng.random() / 2)


def again(attempt: int, attempts: int, spent_s: float) -> bool:
    """Whether another try follows `attempt`, which has just failed, `spent_s` after the first began."""
    return attempt < attempts and spent_s < PATIENCE_S
