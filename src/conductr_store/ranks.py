"""Ranks: numbers with gaps, so that a song moves by getting a number between two others. Pure."""

from __future__ import annotations

GAP = 2**32
FIRST = 0
LIMIT = 2**62  # far inside what a BIGINT holds


def between(before: int | None, after: int | None) -> int | None:
    """A rank after `before` and before `after`, None being the end on that side; None where there is no room."""
    match before, after:
        case None, None:
            return FIRST
        case int(), None:
            rank = before + GAP
        case None, int():
            rank = after - GAP
        case int(), int():
            rank = (before + after) // 2
            return rank if before < rank < after else None
    return rank if abs(rank) <= LIMIT else None


def spread(count: int) -> tuple[int, ...]:
    """Ranks for `count` songs with even gaps, for when there is no room left."""
    return tuple(FIRST + number * GAP for number in range(count))
