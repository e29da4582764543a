"""Votes: how many are enough, and what becomes of them when people leave."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr.rights import Ballot, Deed, needed

people = st.frozensets(st.integers(1, 12), max_size=12)
ratios = st.integers(1, 100).map(lambda percent: percent / 100)


@pytest.mark.parametrize(
    ("listeners", "ratio", "enough"),
    [(0, 0.5, 1), (1, 0.5, 1), (2, 0.5, 1), (3, 0.5, 2), (10, 0.7, 7), (10, 0.3, 3), (100, 0.07, 7), (7, 1.0, 7)],
)
def test_how_many_are_enough(listeners: int, ratio: float, enough: int) -> None:
    assert needed(listeners, ratio) == enough


@given(st.integers(0, 500), st.integers(1, 100))
def test_enough_is_the_least_number_that_makes_the_share(listeners: int, percent: int) -> None:
    share = Fraction(percent, 100) * listeners
    enough = needed(listeners, percent / 100)
    assert enough >= max(1, share)
    assert enough == 1 or enough - 1 < share


@given(people, st.integers(1, 12))
def test_a_vote_given_again_is_taken_back(voters: frozenset[int], who: int) -> None:
    ballot = Ballot(1, Deed.SKIP, voters)
    assert ballot.cast(who).cast(who) == ballot
    assert (who in ballot.cast(who).voters) is (who not in voters)


@given(people, people, ratios)
def test_only_those_who_listen_count(voters: frozenset[int], listeners: frozenset[int], ratio: float) -> None:
    ballot = Ballot(1, Deed.SKIP, voters)
    kept = ballot.within(listeners)
    assert kept.voters == voters & listeners
    assert kept.have(listeners) == ballot.have(listeners)
    assert kept.passed(listeners, ratio) is ballot.passed(listeners, ratio)


@given(people, people, ratios)
def test_one_who_leaves_without_a_vote_stops_no_vote(
    voters: frozenset[int], listeners: frozenset[int], ratio: float
) -> None:
    ballot = Ballot(1, Deed.SKIP, voters)
    for leaving in listeners - voters:
        assert not ballot.passed(listeners, ratio) or ballot.passed(listeners - {leaving}, ratio)


@given(people, ratios)
def test_all_are_enough_and_nobody_is_not(listeners: frozenset[int], ratio: float) -> None:
    assert not Ballot(1, Deed.SKIP).passed(listeners, ratio)
    assert Ballot(1, Deed.SKIP, listeners).passed(listeners, ratio) is bool(listeners)


def test_a_vote_may_pass_because_somebody_leaves() -> None:
    ballot = Ballot(1, Deed.SKIP).cast(1)
    assert not ballot.passed(frozenset({1, 2, 3}), 0.5)
    assert ballot.passed(frozenset({1, 2}), 0.5)
