"""What each answer of a provider leads to, and when a lost one is left to a person. Pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import suno_client as suno
from conductr.making.deciding import Move
from conductr.making.verdicts import (
    DOWN_TRIES,
    TOO_MANY_TRIES,
    UNDECIDED_AFTER_S,
    Leaning,
    Traces,
    Verdict,
    final,
    leaning,
    reconcile,
    verdict,
)

LOST = [
    suno.Unanswered("cut", may_be_charged=True),
    suno.Misunderstood("a page", may_be_charged=True),
    suno.Unanswered("cut", may_be_charged=False, status=502),
]
SURELY_NOT = [
    suno.NotSent("no name"),
    suno.OutOfCredits("top up"),
    suno.BadKey("who?"),
    suno.PromptRejected("no"),
    suno.Refused("no", code=400),
    suno.Maintenance("closed"),
    suno.TooMany("slowly"),
    suno.AlreadyMade("there"),
    suno.InvalidRequest("prompt", "is too long"),
    suno.Unsupported("songs", "kie"),
]
counts = st.integers(1, 100)


def named(error: suno.SunoError) -> str:
    return type(error).__name__


@given(tried=counts, another=st.booleans(), error=st.sampled_from(LOST))
def test_a_lost_answer_leads_to_no_other_gateway_and_no_other_try(
    *, tried: int, another: bool, error: suno.SunoError
) -> None:
    assert final(verdict(error), tried=tried, another=another) == Verdict(Move.LOST)


@given(tried=counts, another=st.booleans(), error=st.sampled_from(SURELY_NOT))
def test_what_was_surely_not_accepted_is_never_called_lost(*, tried: int, another: bool, error: suno.SunoError) -> None:
    said = final(verdict(error), tried=tried, another=another)
    assert said.move in (Move.TURNED_AWAY, Move.REFUSED)
    assert (said.move is Move.TURNED_AWAY) == (said.elsewhere or said.wait_s is not None)


@pytest.mark.parametrize("error", [suno.NotSent("x"), suno.Maintenance("x"), suno.OutOfCredits("x")], ids=named)
def test_a_gateway_that_is_down_is_passed_over(error: suno.SunoError) -> None:
    said = final(verdict(error), tried=1, another=True)
    assert (said.move, said.elsewhere) == (Move.TURNED_AWAY, True)


@pytest.mark.parametrize("error", [suno.PromptRejected("x"), suno.Refused("x")], ids=named)
def test_what_suno_will_not_have_is_not_carried_from_door_to_door(error: suno.SunoError) -> None:
    assert final(verdict(error), tried=1, another=True).move is Move.REFUSED


def test_an_account_without_credits_is_not_asked_again() -> None:
    assert final(verdict(suno.OutOfCredits("x")), tried=1, another=False).move is Move.REFUSED


@pytest.mark.parametrize(
    ("error", "tries"), [(suno.TooMany("x"), TOO_MANY_TRIES), (suno.Maintenance("x"), DOWN_TRIES)], ids=str
)
def test_waiting_for_a_place_ends(error: suno.SunoError, tries: int) -> None:
    assert final(verdict(error), tried=tries - 1, another=False).wait_s
    assert final(verdict(error), tried=tries, another=False).move is Move.REFUSED


@given(st.floats(allow_nan=False))
def test_whatever_a_gateway_asks_for_the_wait_is_between_ten_seconds_and_five_minutes(asked_s: float) -> None:
    wait_s = verdict(suno.TooMany("x", retry_after_s=asked_s)).wait_s
    assert wait_s is not None
    assert 10 <= wait_s <= 300


credits_of = st.none() | st.integers(0, 1_000)
traces = st.builds(
    Traces, since_s=st.floats(0, 1e6), credit_before=credits_of, credit_now=credits_of, alone=st.booleans()
)


@given(traces)
def test_a_lost_answer_waits_for_its_callback_and_then_for_a_person(seen: Traces) -> None:
    assert reconcile(seen) is (None if seen.since_s < UNDECIDED_AFTER_S else Move.UNDECIDED)


@given(traces)
def test_a_balance_is_trusted_only_where_it_stood_still_and_nobody_else_spent(seen: Traces) -> None:
    if reconcile(seen, trust_balance=True) is Move.ABSENT:
        assert seen.since_s >= UNDECIDED_AFTER_S
        assert seen.alone
        assert seen.credit_before == seen.credit_now is not None


@pytest.mark.parametrize(
    ("before", "now", "alone", "speaks_for"),
    [
        (100, 88, True, Leaning.TAKEN),
        (100, 100, True, Leaning.NOT_TAKEN),
        (100, 200, True, Leaning.NO_IDEA),
        (100, 88, False, Leaning.NO_IDEA),
        (None, 88, True, Leaning.NO_IDEA),
        (100, None, True, Leaning.NO_IDEA),
    ],
)
def test_a_balance_speaks_for_what_it_can(
    *, before: int | None, now: int | None, alone: bool, speaks_for: Leaning
) -> None:
    assert leaning(Traces(700, before, now, alone)) is speaks_for
