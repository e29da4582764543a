"""Ranks: there is room between two songs, or it is said that there is none."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from conductr_store.ranks import FIRST, GAP, LIMIT, between, spread

RANKS = st.integers(-LIMIT, LIMIT)


@given(RANKS | st.none(), RANKS | st.none())
def test_a_rank_lies_strictly_between_and_within_what_a_column_holds(before: int | None, after: int | None) -> None:
    rank = between(before, after)
    if rank is None:
        return
    assert before is None or before < rank
    assert after is None or rank < after
    assert abs(rank) <= LIMIT


@given(RANKS, st.integers(2, GAP))
def test_where_there_is_room_it_is_used(before: int, gap: int) -> None:
    after = min(before + gap, LIMIT)
    assert (between(before, after) is not None) == (after - before >= 2)


def test_no_room_is_said() -> None:
    assert between(4, 5) is between(5, 5) is between(LIMIT, None) is between(None, -LIMIT) is None
    assert between(None, None) == FIRST


@given(st.integers(0, 200))
def test_ranks_spread_anew_have_room_on_every_side(count: int) -> None:
    ranks = spread(count)
    ends: list[int | None] = [None, *ranks, None]
    assert len(ranks) == count
    assert all(between(before, after) is not None for before, after in itertools.pairwise(ends))


def test_thirty_moves_fit_into_one_gap() -> None:
    after = GAP
    for _ in range(30):
        middle = between(0, after)
        assert middle is not None
        after = middle
