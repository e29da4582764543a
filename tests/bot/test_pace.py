"""The card is edited at most six times in any minute, and at once where it may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conductr_bot.cards.pace import APART_S, EDITS, WITHIN_S, Pace

LONGEST_S = 20.0


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_never_more_than_that_in_any_minute(gaps: list[float]) -> None:
    pace, now, edits = Pace(), 0.0, list[float]()
    for gap in gaps:
        now += gap
        waits = pace.wait_s(now)
        assert waits <= LONGEST_S + 0.001
        now += waits
        pace.edited(now)
        edits.append(now)
    for edit in edits:
        assert sum(edit <= other < edit + WITHIN_S - 0.001 for other in edits) <= EDITS


def test_the_first_is_at_once_and_the_second_waits_a_breath() -> None:
    pace = Pace()
    assert pace.wait_s(100.0) == 0.0
    pace.edited(100.0)
    assert pace.wait_s(100.0) == APART_S[1]
    assert pace.wait_s(100.0 + APART_S[1]) == 0.0
