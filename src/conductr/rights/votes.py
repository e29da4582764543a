"""Ballots: how listeners decide together about the song that plays. Pure."""

from __future__ import annotations

from math import ceil
from typing import Final

from attrs import frozen

from .deeds import Deed

ROUNDING: Final = 1e-9  # 0.7 of ten is seven, whatever floats say


def needed(listeners: int, ratio: float) -> int:
    """Votes that are enough: the share `ratio` (above 0, up to 1) of those who listen, rounded up; at least one."""
    return max(1, ceil(listeners * ratio - ROUNDING))


@frozen
class Ballot:
    """The votes about one deed while one play lasts. Of another play it says nothing."""

    play_id: int
    deed: Deed
    voters: frozenset[int] = frozenset()

    def cast(self, user_id: int) -> Ballot:
        """The member's vote; given again it is taken back."""
        return Ballot(self.play_id, self.deed, self.voters ^ {user_id})

    def within(self, listener_ids: frozenset[int]) -> Ballot:
        """Without the votes of those who have left or do not hear any more."""
        return Ballot(self.play_id, self.deed, self.voters & listener_ids)

    def have(self, listener_ids: frozenset[int]) -> int:
        return len(self.voters & listener_ids)

    def passed(self, listener_ids: frozenset[int], ratio: float) -> bool:
        """Whether those who still listen have decided. Nobody's vote is none."""
        return self.have(listener_ids) >= needed(len(listener_ids), ratio)
