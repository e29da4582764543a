"""Each effect does what its name says, and nothing that a user wrote reaches FFmpeg."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player.core.sound import PLAIN, Sound, SoundEffect
from conductr_player.packets.opus import SAMPLE_RATE
from conductr_player.render.codec import Samples
from conductr_player.render.filters import filters_for
from conductr_player.render.graph import Graph

from .listening import FRAME, decibels, level_at, mixed, noise, pitch_of, tone

SOUNDS = st.builds(
    Sound,
    volume_percent=st.integers(0, 200),
    effects=st.frozensets(st.sampled_from(SoundEffect)),
    speed=st.floats(0.5, 2.0),
    pitch_semitones=st.floats(-12, 12),
    bitrate_kbits=st.sampled_from((64, 96, 128)),
)
KNOWN = {"bass", "lowpass", "pan", "apulsator", "asetrate", "aresample", "atempo"}


def with_effect(*effects: SoundEffect, **more: float) -> Sound:
    return Sound(effects=frozenset(effects), **more)  # pyright: ignore[reportArgumentType]


def through(sound: Sound, samples: Samples, cut: int = 20_000) -> Samples:
    graph = Graph(filters_for(sound))
    parts = [graph.take(samples[start : start + cut]) for start in range(0, len(samples), cut)]
    return np.concatenate([*parts, graph.end()])


def middle(samples: Samples) -> Samples:
    return samples[len(samples) // 4 : -len(samples) // 4]


@given(SOUNDS)
@settings(deadline=None, max_examples=50)
def test_filters_are_of_a_closed_set_and_their_arguments_are_numbers(sound: Sound) -> None:
    for name, arguments in filters_for(sound):
        assert name in KNOWN
        assert re.fullmatch(
            r"(stereo\|c0=[-+*.c01-9]+\|c1=[-+*.c01-9]+|[a-z]+=[0-9.]+(:[a-z]+=([0-9.]+|FL))*)", arguments
        )


@given(SOUNDS)
@settings(deadline=None, max_examples=50)
def test_speed_and_pitch_come_out_as_asked(sound: Sound) -> None:
    rate, tempo = 1.0, 1.0
    for name, arguments in filters_for(sound):
        if name == "asetrate":
            rate *= int(arguments.removeprefix("r=")) / SAMPLE_RATE
        if name == "atempo":
            factor = float(arguments.removeprefix("tempo="))
            assert 0.5 <= factor <= 100  # what FFmpeg takes
            tempo *= factor
    assert rate * tempo == pytest.approx(sound.total_speed, rel=1e-6)
    effects = sound.total_speed / sound.speed
    assert rate == pytest.approx(effects * 2 ** (sound.pitch_semitones / 12), rel=1e-4)


@pytest.mark.parametrize("sound", [PLAIN, Sound(volume_percent=50), Sound(bitrate_kbits=64), Sound(crossfade_s=5)])
def test_volume_and_bit_rate_need_no_filter(sound: Sound) -> None:
    assert filters_for(sound) == ()


@pytest.mark.parametrize(
    "sound", [*(with_effect(each) for each in SoundEffect), with_effect(*SoundEffect, speed=1.3, pitch_semitones=-5)]
)
def test_ffmpeg_takes_every_chain(sound: Sound) -> None:
    before = noise(2.0)
    after = through(sound, before)
    assert len(after) == pytest.approx(len(before) / sound.total_speed, abs=3 * FRAME)
    assert -50 < decibels(after) < 0


def test_bass_raises_the_low_band_alone() -> None:
    three = mixed(tone(60, 3), tone(1_000, 3), tone(6_000, 3))
    after = through(with_effect(SoundEffect.BASS), three)
    gains = [level_at(middle(after), hertz) - level_at(middle(three), hertz) for hertz in (60, 1_000, 6_000)]
    assert 6 < gains[0] < 10
    assert gains[1:] == pytest.approx([0, 0], abs=0.5)


def test_karaoke_takes_the_voice_out_of_the_middle_and_leaves_bass_and_sides() -> None:
    voice, bass, side = tone(700, 3), tone(50, 3), tone(2_000, 3)
    side[:, 1] *= -1
    all_three = mixed(voice, bass, side)
    before, after = middle(all_three), middle(through(with_effect(SoundEffect.KARAOKE), all_three))
    assert level_at(after, 700) - level_at(before, 700) < -20
    assert level_at(after, 50) - level_at(before, 50) > -3
    assert level_at(after, 2_000) - level_at(before, 2_000) > -1


def test_8d_goes_from_ear_to_ear() -> None:
    after = through(with_effect(SoundEffect.EIGHT_D), tone(440, 17))
    cuts = after[: len(after) // SAMPLE_RATE * SAMPLE_RATE].reshape(-1, SAMPLE_RATE // 2, 2)
    leaning = [decibels(cut[:, :1]) - decibels(cut[:, 1:]) for cut in cuts]
    assert max(leaning) > 6
    assert min(leaning) < -6
    turns = sum(a * b < 0 for a, b in pairwise(leaning))
    assert 3 <= turns <= 5  # twice round in 17 seconds


@pytest.mark.parametrize(("effect", "factor"), [(SoundEffect.NIGHTCORE, 1.25), (SoundEffect.VAPORWAVE, 0.8)])
def test_nightcore_and_vaporwave_change_length_and_pitch_together(effect: SoundEffect, factor: float) -> None:
    before = tone(440, 4)
    after = through(with_effect(effect), before)
    assert len(after) / len(before) == pytest.approx(1 / factor, rel=1e-3)
    assert pitch_of(middle(after)) == pytest.approx(440 * factor, abs=1)


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.5, 2.0])
def test_speed_leaves_the_pitch(speed: float) -> None:
    before = tone(440, 6)
    after = through(Sound(speed=speed), before)
    assert len(after) / len(before) == pytest.approx(1 / speed, rel=0.01)
    assert pitch_of(middle(after)) == pytest.approx(440, abs=3)


@pytest.mark.parametrize("semitones", [-12, -5, 3, 12])
def test_pitch_leaves_the_length(semitones: int) -> None:
    before = tone(440, 6)
    after = through(Sound(pitch_semitones=semitones), before)
    assert len(after) / len(before) == pytest.approx(1, rel=0.01)
    assert pitch_of(middle(after)) == pytest.approx(440 * 2 ** (semitones / 12), rel=0.01)


def test_a_moment_of_the_music_stays_at_its_moment() -> None:
    before = noise(8.0, level=0.01)
    for second in range(1, 8):
        before[second * SAMPLE_RATE] = 0.9
    for speed in (0.8, 1.25):
        after = np.abs(through(Sound(speed=speed), before)[:, 0])
        for second in range(1, 7):
            at = round(second * SAMPLE_RATE / speed)
            assert abs(int(after[at - 6_000 : at + 6_000].argmax()) - 6_000) < 0.06 * SAMPLE_RATE


def test_it_does_not_matter_how_the_samples_come() -> None:
    sound, before = with_effect(SoundEffect.BASS, SoundEffect.NIGHTCORE), noise(1.0)
    assert np.allclose(through(sound, before, 960), through(sound, before, 48_000), atol=1e-6)
