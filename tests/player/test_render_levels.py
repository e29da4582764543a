"""Loud is turned down before it is cut off, and what is not loud is not touched."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player.render.levels import CEILING, Limiter, falling, falling_in_power, limited

from .listening import FRAME, frames, harshness_db, noise, tone

LEVELS = st.lists(st.just(0.0) | st.floats(0.001, 3), min_size=1, max_size=8)


@given(LEVELS, st.data())
@settings(deadline=None, max_examples=50)
def test_no_peak_passes_and_nothing_is_lost(levels: list[float], data: st.DataObject) -> None:
    loud = np.concatenate([noise(0.02, level, seed) for seed, level in enumerate(levels)])
    cut = data.draw(st.integers(0, len(levels))) * FRAME
    limiter = Limiter()
    out = np.concatenate((limiter.take(loud[:cut]), limiter.take(loud[cut:]), limiter.end()))
    assert len(out) == len(loud)
    assert np.abs(out).max() <= CEILING + 1e-6
    assert np.all(np.sign(out) == np.sign(loud))


def test_what_is_not_loud_passes_as_it_is() -> None:
    quiet, limiter = tone(440, 1.0), Limiter()
    assert np.array_equal(np.concatenate((limiter.take(quiet), limiter.end())), quiet)
    assert limited(quiet) is quiet


def test_it_lags_by_one_frame_and_keeps_nothing() -> None:
    limiter = Limiter()
    assert len(limiter.take(tone(440, 0.1))) == 4 * FRAME
    assert len(limiter.end()) == FRAME
    assert len(Limiter().end()) == 0


def test_it_turns_down_without_a_click_and_comes_back() -> None:
    burst = tone(220, 2.0, level=0.5)
    burst[40 * FRAME : 50 * FRAME] *= 4
    out = limited(burst)
    assert harshness_db(frames(out, 5, 95)) <= harshness_db(frames(burst, 5, 95)) + 1
    assert np.allclose(frames(out, 0, 38), frames(burst, 0, 38))
    assert np.abs(frames(out, 90, 100)).max() > 0.49


def test_fades_meet_in_level_or_in_power() -> None:
    assert np.allclose(falling(960) + falling(960)[::-1], 1, atol=1e-6)
    assert np.allclose(falling_in_power(960) ** 2 + falling_in_power(960)[::-1] ** 2, 1, atol=1e-6)
    assert falling(960)[0] == 1
    assert abs(falling(960)[-1]) < 1e-6
