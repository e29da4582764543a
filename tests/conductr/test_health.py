"""When a gateway is asked, when it is left alone for a minute, and when the next one may be asked in its stead."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr.health import POOR_S, PROBE_S, Health, Standing, goes_elsewhere
from suno_client import (
    BadKey,
    InvalidRequest,
    Maintenance,
    Misunderstood,
    NotSent,
    OutOfCredits,
    PromptRejected,
    SunoError,
    TooMany,
    Unanswered,
)

SHUT: tuple[SunoError, ...] = (NotSent("refused"), Maintenance("closed"))
MONEY: tuple[SunoError, ...] = (BadKey("no"), OutOfCredits("top up"))
UNSURE: tuple[SunoError, ...] = (
    Unanswered("cut", may_be_charged=True),
    Misunderstood("a page", may_be_charged=True),
)
FAULT_OF_THE_WISH: tuple[SunoError, ...] = (PromptRejected("names"), InvalidRequest("prompt", "is too long"))
ANY: tuple[SunoError | None, ...] = (None, TooMany("slowly"), *SHUT, *MONEY, *UNSURE, *FAULT_OF_THE_WISH)


@pytest.mark.parametrize("error", SHUT, ids=lambda error: type(error).__name__)
def test_a_gateway_that_is_surely_down_is_left_alone_for_a_minute(error: SunoError) -> None:
    health = Health().after(error, 100.0)
    assert health.standing(100.0) is Standing.CLOSED
    assert health.again_in_s(101.0) == PROBE_S - 1
    assert health.again_in_s(100.0 + PROBE_S) == 0


def test_one_wish_that_tries_it_sends_all_others_away_for_another_minute() -> None:
    health = Health().after(NotSent("refused"), 0.0).probing(70.0)
    assert health.again_in_s(71.0) == PROBE_S - 1
    assert health.after(None, 72.0).again_in_s(72.0) == 0


@pytest.mark.parametrize("error", MONEY, ids=lambda error: type(error).__name__)
def test_a_gateway_that_refuses_the_key_or_the_purse_stands_back_and_is_not_closed(error: SunoError) -> None:
    health = Health().after(error, 10.0)
    assert health.standing(11.0) is Standing.POOR
    assert health.again_in_s(11.0) == 0
    assert health.standing(10.0 + POOR_S) is Standing.OPEN


@pytest.mark.parametrize("error", UNSURE, ids=lambda error: type(error).__name__)
def test_a_lost_answer_says_nothing_of_the_gateway_and_never_sends_the_wish_elsewhere(error: SunoError) -> None:
    shut = Health().after(NotSent("refused"), 5.0)
    assert Health().after(error, 6.0) == Health()
    assert shut.after(error, 6.0) == shut
    assert not goes_elsewhere(error)


@pytest.mark.parametrize("error", [None, *FAULT_OF_THE_WISH], ids=lambda error: type(error).__name__)
def test_whoever_answers_is_at_work(error: SunoError | None) -> None:
    assert Health(closed=True, probed_at=3.0).after(error, 4.0).standing(4.0) is Standing.OPEN
    assert error is None or not goes_elsewhere(error)


def test_the_bots_purse_does_not_step_in_for_a_members_own_key() -> None:
    for error in MONEY:
        assert goes_elsewhere(error)
        assert not goes_elsewhere(error, own_key=True)
    for error in SHUT:
        assert goes_elsewhere(error, own_key=True)


@given(st.lists(st.tuples(st.sampled_from(ANY), st.floats(0, 500)), max_size=20))
def test_whatever_happens_a_closed_gateway_is_tried_at_most_once_a_minute(
    story: list[tuple[SunoError | None, float]],
) -> None:
    """Every wish that comes asks, tries where it may, and tells what it met."""
    health, now, probes = Health(), 1_000.0, list[float]()
    for error, pause_s in story:
        now += pause_s
        if health.again_in_s(now) > 0:
            continue
        if health.closed:
            probes.append(now)
        health = health.probing(now).after(error, now)
        if not health.closed:
            probes.clear()
    assert all(later - earlier >= PROBE_S for earlier, later in pairwise(probes))
