"""How a guild hears its music: volume, effects, speed, pitch, bitrate, cross-fade. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import field, frozen
from attrs.validators import ge, le

VOLUME_MAX: Final = 200  # per cent
SPEED: Final = (0.5, 2.0)
PITCH: Final = (-12.0, 12.0)  # semitones
CROSSFADE_MAX_S: Final = 12.0
BITRATES_KBITS: Final = (64, 96, 128)


class SoundEffect(StrEnum):
    """A closed set; each is a chain of named FFmpeg filters with fixed numbers."""

    BASS = "bass"
    NIGHTCORE = "nightcore"
    VAPORWAVE = "vaporwave"
    EIGHT_D = "8d"
    KARAOKE = "karaoke"


@frozen
class Sound:
    """How a guild hears its music. Raises ValueError for what is out of range."""

    volume_percent: int = field(default=100, validator=[ge(0), le(VOLUME_MAX)])
    effects: frozenset[SoundEffect] = frozenset()
    speed: float = field(default=1.0, validator=[ge(SPEED[0]), le(SPEED[1])])
    pitch_semitones: float = field(default=0.0, validator=[ge(PITCH[0]), le(PITCH[1])])
    crossfade_s: float = field(default=0.0, validator=[ge(0.0), le(CROSSFADE_MAX_S)])
    bitrate_kbits: int = field(default=128, validator=[ge(BITRATES_KBITS[0]), le(BITRATES_KBITS[-1])])

    @property
    def is_plain(self) -> bool:
        """Packets are passed through as they were made: no decoder, no encoder."""
        return (
            self.volume_percent == 100
            and not self.effects
            and self.speed == 1
            and self.pitch_semitones == 0
            and self.bitrate_kbits == BITRATES_KBITS[-1]
        )

    @property
    def total_speed(self) -> float:
        """Seconds of the track in a second of sound, with what the effects make of it."""
        factor = 1.0
        for effect in self.effects:
            factor *= EFFECT_SPEED.get(effect, 1.0)
        return self.speed * factor


EFFECT_SPEED: Final = {SoundEffect.NIGHTCORE: 1.25, SoundEffect.VAPORWAVE: 0.8}
PLAIN: Final = Sound()


def bitrate_for(channel_bits_per_s: int) -> int:
    """The highest of our bitrates, in kbit/s, that a channel's limit allows; at least the lowest."""
    return max((each for each in BITRATES_KBITS if each * 1_000 <= channel_bits_per_s), default=BITRATES_KBITS[0])
