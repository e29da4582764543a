"""Where one sound ends and another begins nothing clicks, nothing is missing, and the listener's decoder goes along."""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player import SourceError
from conductr_player.packets.opus import SILENCE
from conductr_player.render import blend, cross, fade_out
from conductr_player.render.codec import Samples

from .listening import FRAME, coded, decibels, frames, harshness_db, heard, likeness_db, noise, song, tone

LOW = coded(tone(220, 4.0))
HIGH = coded(
    tone(1_000, 4.0) * np.minimum(1, np.arange(192_000, dtype=np.float32) / 2_000)[:, None]
)  # begins softly, as songs do
CLICK_DB = -60.0  # a tone of -13 dB that is cut off hard has -45 dB above 6 kHz, for 5 ms


def around(samples: Samples, first: int, last: int) -> Samples:
    """Faded at its own ends, so that only what is inside counts."""
    cut = frames(samples, first, last)
    return cut * (np.hanning(len(cut)) ** 0.25).astype(np.float32)[:, None]


def test_the_measure_of_clicks_hears_one() -> None:
    cut = tone(220, 1.0)
    cut[24_050:] = 0
    assert harshness_db(around(cut, 10, 40)) > CLICK_DB + 10
    assert harshness_db(around(tone(220, 1.0), 10, 40)) < CLICK_DB - 20


@given(at=st.integers(0, 150), count=st.integers(1, 10))
@settings(deadline=None, max_examples=12)
def test_a_fade_ends_in_silence_and_does_not_click(at: int, count: int) -> None:
    faded = fade_out(LOW[max(0, at - 4) : at], LOW[at : at + count])
    assert len(faded) == count
    sound = heard([*LOW[:at], *faded, *[SILENCE] * 5])
    assert decibels(frames(sound, at + count, at + count + 5)) < -50
    if at >= 8:
        assert harshness_db(around(sound, at - 8, at + count + 4)) < CLICK_DB
        assert likeness_db(frames(heard(LOW), at - 4, at), frames(sound, at - 4, at)) > 40


def test_a_fade_falls_steadily_from_where_the_music_was() -> None:
    before, sound = heard(LOW), heard([*LOW[:50], *fade_out(LOW[46:50], LOW[50:60])])
    assert likeness_db(before[50 * FRAME : 50 * FRAME + 240], sound[50 * FRAME : 50 * FRAME + 240]) > 10
    levels = [decibels(frames(sound, each, each + 1)) for each in range(49, 60)]
    assert levels == sorted(levels, reverse=True)
    assert levels[5] - levels[0] == pytest.approx(-6, abs=3)


def test_music_itself_fades() -> None:
    sound = heard([*song()[:200], *fade_out(song()[196:200], song()[200:203]), *[SILENCE] * 5])
    assert likeness_db(frames(heard(song()), 195, 200), frames(sound, 195, 200)) > 60
    assert decibels(frames(sound, 203, 205)) < -60


@given(at=st.integers(8, 150), count=st.integers(2, 8))
@settings(deadline=None, max_examples=12)
def test_a_skip_blends_over_the_beginning_of_what_comes(at: int, count: int) -> None:
    blended = blend(LOW[at - 4 : at], LOW[at : at + count], HIGH[: count + 1])
    assert len(blended) == count
    sound = heard([*LOW[:at], *blended, *HIGH[count:40]])
    assert harshness_db(around(sound, at - 8, at + count + 10)) < CLICK_DB
    rest = count + 4
    assert likeness_db(frames(heard(HIGH), rest, 40), frames(sound, at + rest, at + 40)) > 15


def test_what_comes_begins_at_full_level_and_what_goes_is_gone_at_the_end() -> None:
    silent = coded(tone(220, 1.0, level=0))
    begun = heard([*silent[:20], *blend(silent[16:20], silent[20:25], song()[:6]), *song()[5:40]])
    assert likeness_db(frames(heard(song()), 1, 5), frames(begun, 21, 25)) > 10
    ended = heard([*LOW[:20], *blend(LOW[16:20], LOW[20:25], silent[:6]), *silent[5:40]])
    assert decibels(frames(ended, 25, 30)) < -55


@given(at=st.integers(8, 100), to=st.integers(8, 150))
@settings(deadline=None, max_examples=12)
def test_a_seek_fades_from_one_place_into_another(at: int, to: int) -> None:
    seam = blend(LOW[at - 4 : at], LOW[at : at + 5], HIGH[to : to + 6], in_before=HIGH[to - 4 : to])
    sound = heard([*LOW[:at], *seam, *HIGH[to + 5 : to + 25]])
    assert harshness_db(around(sound, at - 8, at + 20)) < CLICK_DB
    assert likeness_db(frames(heard(HIGH), to + 9, to + 25), frames(sound, at + 9, at + 25)) > 15


def test_a_blend_of_loud_with_loud_is_not_cut_off() -> None:
    loud = coded(tone(220, 1.0, level=0.95))
    assert np.abs(heard(blend(loud[16:20], loud[20:30], loud[:11]))).max() < 1


def test_a_cross_fade_keeps_its_power() -> None:
    first, second = coded(noise(6.0, seed=1)), coded(noise(6.0, seed=2))
    crossed = cross(first[96:100], first[100:300], second[:201])
    assert len(crossed) == 200
    sound = heard([*first[:100], *crossed, *second[200:300]])
    levels = [decibels(frames(sound, each, each + 10)) for each in range(50, 390, 10)]
    assert max(levels) - min(levels) < 1.5


def test_a_cross_fade_begins_as_the_one_and_ends_as_the_other() -> None:
    crossed = cross(LOW[46:50], LOW[50:150], HIGH[:101])
    sound = heard([*LOW[:50], *crossed, *HIGH[100:150]])
    assert likeness_db(frames(heard(LOW), 48, 52), frames(sound, 48, 52)) > 15
    assert likeness_db(frames(heard(HIGH), 98, 150), frames(sound, 148, 200)) > 15
    assert harshness_db(around(sound, 10, 190)) < CLICK_DB


def test_the_end_of_a_seam_is_exact_to_the_sample() -> None:
    """Where the frame after it is not known the next 5 ms are wrong."""
    wanted = heard(HIGH)[50 * FRAME : 50 * FRAME + 240]
    crossed = heard([*LOW[:50], *cross(LOW[46:50], LOW[50:100], HIGH[:51]), *HIGH[50:60]])
    assert likeness_db(wanted, crossed[100 * FRAME : 100 * FRAME + 240]) > 20


def test_a_cross_fade_into_a_song_that_is_shorter_ends_in_silence() -> None:
    crossed = cross(LOW[46:50], LOW[50:100], HIGH[:10])
    assert len(crossed) == 50
    assert decibels(frames(heard(crossed), 48, 50)) < -30


def test_a_loud_cross_fade_is_turned_down_rather_than_cut_off() -> None:
    loud = coded(tone(220, 3.0, level=0.95))
    assert np.abs(heard(cross(loud[:4], loud[4:104], loud[:101]))).max() < 1


def test_a_seam_of_nothing_is_nothing() -> None:
    assert fade_out(LOW[:4], ()) == ()
    assert blend(LOW[:4], (), HIGH[:4]) == ()


def test_what_is_no_opus_is_refused() -> None:
    with pytest.raises(SourceError):
        fade_out((), [b"\xff"])


def test_a_seam_is_made_within_a_tick() -> None:
    """Two milliseconds are the aim on a quiet machine; here only what would be a mistake is caught."""
    taken = list[float]()
    for at in range(10, 50):
        begun = time.thread_time()
        blend(LOW[at - 4 : at], LOW[at : at + 3], HIGH[:4])
        taken.append(time.thread_time() - begun)
    assert median(taken) < 0.01
