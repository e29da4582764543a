"""A `Sound` as a chain of FFmpeg filters: a closed set with fixed numbers, and nothing that a user wrote. Pure."""

from __future__ import annotations

from typing import Final

from conductr_player.core.sound import EFFECT_SPEED, Sound, SoundEffect
from conductr_player.packets.opus import SAMPLE_RATE

_SLOWEST: Final = 0.5  # FFmpeg's atempo goes no lower in one step

# Mid and side instead of left and right; of the middle, where voices are, only the bass stays.
_KARAOKE: Final = (
    ("pan", "stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1"),
    ("lowpass", "f=120:channels=FL"),
    ("lowpass", "f=120:channels=FL"),
    ("pan", "stereo|c0=c0+c1|c1=c0-c1"),
)
_IN_PLACE: Final = {
    SoundEffect.BASS: (("bass", "g=9:f=100:w=0.6"),),
    SoundEffect.KARAOKE: _KARAOKE,
    SoundEffect.EIGHT_D: (("apulsator", "hz=0.12:amount=0.9"),),  # once round the head in eight seconds
}

Filter = tuple[str, str]  # name, arguments


def filters_for(sound: Sound) -> tuple[Filter, ...]:
    """Filters in their order; none where only the volume or the bit rate differs. The volume is not among them.

    What comes out lasts 1 / `sound.total_speed` as long as what goes in.
    """
    chain = list(_speed(sound))
    for effect in (SoundEffect.KARAOKE, SoundEffect.BASS, SoundEffect.EIGHT_D):
        if effect in sound.effects:
            chain += _IN_PLACE[effect]
    return tuple(chain)


def _speed(sound: Sound) -> list[Filter]:
    """Played faster, speed and pitch rise together; what is too much or too little of speed is stretched."""
    pitch = 2 ** (sound.pitch_semitones / 12)
    for effect in sound.effects:
        pitch *= EFFECT_SPEED.get(effect, 1.0)
    rate = round(SAMPLE_RATE * pitch)
    tempo = sound.total_speed * SAMPLE_RATE / rate
    chain: list[Filter] = []
    if rate != SAMPLE_RATE:
        chain += [("asetrate", f"r={rate}"), ("aresample", f"osr={SAMPLE_RATE}")]
    while tempo < _SLOWEST:
        chain.append(("atempo", f"tempo={_SLOWEST}"))
        tempo /= _SLOWEST
    if abs(tempo - 1) > 1e-9:
        chain.append(("atempo", f"tempo={tempo:.9f}"))
    return chain
