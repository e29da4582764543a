"""How a guild hears its music, as a value: what is in range, what is plain, and what fits a channel."""

from __future__ import annotations

from typing import Any

import pytest

from conductr_player import PLAIN, Sound, SoundEffect, bitrate_for


@pytest.mark.parametrize(
    "sound",
    [
        Sound(volume_percent=99),
        Sound(effects=frozenset({SoundEffect.BASS})),
        Sound(speed=1.1),
        Sound(pitch_semitones=-1),
        Sound(bitrate_kbits=96),
    ],
)
def test_whatever_needs_a_decoder_is_not_plain(sound: Sound) -> None:
    assert not sound.is_plain


def test_a_cross_fade_alone_leaves_the_packets_as_they_are() -> None:
    assert PLAIN.is_plain
    assert Sound(crossfade_s=12).is_plain


@pytest.mark.parametrize(
    "wrong",
    [
        {"volume_percent": -1},
        {"volume_percent": 201},
        {"speed": 0.4},
        {"speed": 2.1},
        {"speed": float("nan")},
        {"pitch_semitones": 13},
        {"crossfade_s": -0.1},
        {"crossfade_s": 12.1},
        {"bitrate_kbits": 63},
        {"bitrate_kbits": 129},
    ],
    ids=str,
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sound(**wrong)


def test_effects_that_change_the_speed_count_with_it() -> None:
    assert Sound(speed=1.5).total_speed == 1.5
    assert Sound(speed=2, effects=frozenset({SoundEffect.NIGHTCORE, SoundEffect.BASS})).total_speed == 2.5
    assert Sound(effects=frozenset({SoundEffect.VAPORWAVE})).total_speed == 0.8


@pytest.mark.parametrize(
    ("bits_per_s", "kbits"), [(8_000, 64), (64_000, 64), (95_999, 64), (96_000, 96), (128_000, 128), (384_000, 128)]
)
def test_the_bitrate_is_the_highest_that_the_channel_allows(bits_per_s: int, kbits: int) -> None:
    assert bitrate_for(bits_per_s) == kbits
