"""A rendition has the sound that was asked for, and each packet stands for the same moment as the original's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player.core.sound import Sound, SoundEffect
from conductr_player.render.renderer import Renderer, length_of

from .listening import FRAME, coded, decibels, frames, heard, lag, likeness_db, noise, song, tone

HALF = Sound(volume_percent=50)


def rendered(packets: Sequence[bytes], sound: Sound, first: int = 0, chunk: int = 50) -> list[bytes]:
    renderer = Renderer(sound, first)
    found: list[bytes] = []
    for at in range(renderer.reads_from, len(packets), chunk):
        found += renderer.take(packets[at : at + chunk])
    return found + renderer.end(len(packets))


@pytest.mark.parametrize(
    ("sound", "first"),
    [
        *((HALF, first) for first in (0, 1, 3, 5, 150)),
        *((Sound(bitrate_kbits=96), first) for first in (0, 77)),
        *((Sound(volume_percent=120), first) for first in (0, 77)),
    ],
)
def test_each_packet_sounds_at_the_same_sample_as_the_originals(sound: Sound, first: int) -> None:
    """Spliced in at `first`, as a line does it, and compared where the listener's decoder has settled."""
    original = heard(song())
    spliced = heard([*song()[:first], *rendered(song(), sound, first)])
    assert len(spliced) == len(original)
    wanted, got = frames(original, first + 4, first + 104), frames(spliced, first + 4, first + 104)
    assert lag(wanted, got) == 0
    assert likeness_db(wanted * np.float32(sound.volume_percent / 100), got) > 12


def test_its_very_first_packet_follows_the_originals_without_a_dent() -> None:
    spliced = heard([*song()[:77], *rendered(song(), Sound(bitrate_kbits=96), 77)])
    assert likeness_db(frames(heard(song()), 77, 78), frames(spliced, 77, 78)) > 15


@pytest.mark.parametrize(("percent", "change_db"), [(50, -6), (25, -12), (150, 3.5), (1, -40)])
def test_the_volume_is_what_it_says(percent: int, change_db: float) -> None:
    quiet = coded(noise(2.0, level=0.05))
    louder = heard(rendered(quiet, Sound(volume_percent=percent)))
    assert decibels(louder) - decibels(heard(quiet)) == pytest.approx(change_db, abs=1)


def test_at_no_volume_there_is_silence() -> None:
    assert decibels(heard(rendered(song(), Sound(volume_percent=0)))) < -90


@pytest.mark.parametrize(
    "sound", [Sound(volume_percent=200), Sound(volume_percent=200, effects=frozenset({SoundEffect.BASS}))]
)
def test_twice_the_volume_of_loud_music_is_not_cut_off(sound: Sound) -> None:
    loud = coded(tone(80, 2.0, level=0.8))
    twice = heard(rendered(loud, sound))
    assert np.abs(twice).max() < 1
    assert decibels(frames(twice, 20, 90)) > -5


@pytest.mark.parametrize("first", [0, 37])
@pytest.mark.parametrize("sound", [HALF, *(Sound(effects=frozenset({each})) for each in SoundEffect), Sound(speed=0.7)])
def test_it_is_as_long_as_the_speed_makes_it(sound: Sound, first: int) -> None:
    assert first + len(rendered(song(), sound, first)) == length_of(len(song()), sound)
    assert length_of(len(song()), sound) == pytest.approx(len(song()) / sound.total_speed, abs=1)


def test_it_may_begin_where_nothing_is_left() -> None:
    assert rendered(song(), HALF, len(song()) + 100) == []
    assert rendered((), HALF) == []


def test_one_that_begins_in_the_middle_is_at_the_same_moment_at_any_speed() -> None:
    sound = Sound(speed=1.25)
    whole, middle = heard(rendered(song(), sound)), heard(rendered(song(), sound, 100))
    loud = [decibels(frames(whole, each, each + 5)) for each in range(110, 230, 5)]
    again = [decibels(frames(middle, each - 100, each - 95)) for each in range(110, 230, 5)]
    assert np.corrcoef(loud, again)[0, 1] > 0.9


@given(st.integers(1, 50), st.integers(0, 30), st.sampled_from([HALF, Sound(volume_percent=180)]))
@settings(deadline=None, max_examples=8)
def test_it_does_not_matter_in_what_chunks_it_is_made(chunk: int, first: int, sound: Sound) -> None:
    some = song()[:60]
    assert rendered(some, sound, first, chunk) == rendered(some, sound, first, FRAME)
