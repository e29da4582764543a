"""When to look again: bounds that hold for every number."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client import Polling

UNCHANGED = st.integers(0, 10_000)


@given(unchanged=UNCHANGED, left_s=st.floats(-10, 10_000), seed=st.integers())
def test_a_delay_stays_in_bounds_and_never_passes_the_deadline(unchanged: int, left_s: float, seed: int) -> None:
    delay = Polling().delay(unchanged, left_s, Random(seed))
    assert 0 <= delay <= min(15 * 1.2, max(left_s, 0))
    if left_s > 20:
        assert delay >= 3 * 0.8


@given(unchanged=UNCHANGED, seed=st.integers())
def test_no_jitter_goes_below_the_gateways_floor(unchanged: int, seed: int) -> None:
    assert Polling(first_s=0.0, max_s=0.1).delay(unchanged, 60, Random(seed)) == 0.34


def test_delays_grow_from_three_seconds_to_fifteen() -> None:
    polling = Polling(jitter=0)
    assert [polling.delay(n, 600, Random()) for n in range(6)] == [3, 4.5, 6.75, 10.125, 15, 15]


def test_a_faster_clock_scales_all_of_it() -> None:
    assert Polling().at_speed(10) == Polling(first_s=0.3, max_s=1.5, floor_s=0.034)


@pytest.mark.parametrize(
    "wrong", [{"first_s": -1.0}, {"first_s": 20.0}, {"growth": 0.9}, {"jitter": 1.0}, {"floor_s": -1.0}, {"lanes": 0}]
)
def test_habits_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must hold|not negative"):
        Polling(**wrong)  # pyright: ignore[reportArgumentType] - one value of several types
