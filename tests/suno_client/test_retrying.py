"""When a call is made again: only where it is safe, and never sooner than asked."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client import (
    BadKey,
    Maintenance,
    Misunderstood,
    NotSent,
    OutOfCredits,
    PromptRejected,
    Refused,
    Retrying,
    SunoError,
    TooMany,
    Unanswered,
)

LOST = [Unanswered("lost", may_be_charged=True), Misunderstood("?", may_be_charged=True)]
SAFE = [NotSent("refused"), TooMany("too fast", retry_after_s=0)]
FINAL = [Refused("no"), BadKey("no"), OutOfCredits("no"), PromptRejected("no"), Maintenance("later")]
SAYS = st.sampled_from([None, True, False])


@given(
    error=st.sampled_from([*LOST, *FINAL]),
    tried=st.integers(1, 9),
    most=st.integers(1, 9),
    says=SAYS,
    seed=st.integers(),
)
def test_what_may_have_been_charged_is_never_sent_again_whatever_the_server_says(
    error: SunoError, tried: int, most: int, says: bool | None, seed: int
) -> None:
    retrying = Retrying(submissions=most)
    assert retrying.delay(error, tried, Random(seed), spends=True, server_says=says) is None


@given(tried=st.integers(1, 2), asked_s=st.floats(0, 30), seed=st.integers(), spends=st.booleans())
def test_a_wait_is_at_least_as_long_as_asked_and_grows_by_itself(
    tried: int, asked_s: float, seed: int, spends: bool
) -> None:
    delay = Retrying().delay(TooMany("", retry_after_s=asked_s), tried, Random(seed), spends=spends)
    assert delay is not None
    assert asked_s <= delay <= max(asked_s, tried * 0.5)


@pytest.mark.parametrize("error", [*LOST, *SAFE])
def test_what_costs_nothing_is_tried_three_times(error: SunoError) -> None:
    assert Retrying().delay(error, 2, Random(), spends=False) is not None
    assert Retrying().delay(error, 3, Random(), spends=False) is None


@pytest.mark.parametrize("error", SAFE)
def test_a_submission_that_surely_was_not_taken_is_tried_again(error: SunoError) -> None:
    assert Retrying().delay(error, 2, Random(), spends=True) is not None
    assert Retrying().delay(error, 3, Random(), spends=True) is None
    assert Retrying(submissions=1).delay(error, 1, Random(), spends=True) is None


def test_a_server_that_says_no_is_not_asked_again_and_one_that_says_yes_is() -> None:
    assert Retrying().delay(SAFE[0], 1, Random(), spends=False, server_says=False) is None
    assert Retrying().delay(Refused("busy"), 1, Random(), spends=False) is None
    assert Retrying().delay(Refused("busy"), 1, Random(), spends=False, server_says=True) is not None


def test_a_wait_that_is_too_long_is_the_callers_to_decide() -> None:
    assert Retrying().delay(TooMany("", retry_after_s=31), 1, Random(), spends=False) is None


@pytest.mark.parametrize("wrong", [{"reads": 0}, {"submissions": 0}, {"first_s": -1.0}, {"first_s": 31.0}])
def test_habits_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Retrying(**wrong)  # pyright: ignore[reportArgumentType] - one value of several types
