"""Every instrument by its name, and a rack that keeps what it has played."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

import numpy as np

from suno_client.sandbox.music import blown, keys, plucked, sustained
from suno_client.sandbox.music.drums import PIECES
from suno_client.sandbox.music.synth import Sound

Instrument = Callable[[float, float, float, int], Sound]
TONES: Mapping[str, Instrument] = {
    play.__name__: play
    for play in (
        keys.epiano, keys.piano, keys.vibes, keys.bell, keys.kalimba, keys.organ,
        plucked.nylon, plucked.steel, plucked.clean, plucked.harp, plucked.banjo, plucked.upright,
        plucked.electric_bass,
        plucked.power, plucked.solo_guitar,
        sustained.pad, sustained.deep_pad, sustained.super_saw, sustained.stab, sustained.arp, sustained.lead,
        sustained.synth_bass, sustained.sub_bass, sustained.voice, sustained.choir, sustained.strings, sustained.fiddle,
        sustained.cello,
        blown.flute, blown.whistle, blown.clarinet, blown.sax, blown.trumpet, blown.harmonica,
    )
}  # fmt: skip
# Factors that bring every instrument to about -10 LUFS where it is mostly played.
_TRIMS = {
    "epiano": 1.17, "piano": 0.87, "bell": 1.25, "organ": 1.13, "nylon": 0.67, "steel": 0.7, "clean": 0.67,
    "harp": 0.48, "banjo": 1.1,
    "upright": 0.6, "electric_bass": 0.8, "power": 0.6, "solo_guitar": 0.75, "pad": 1.5, "super_saw": 1.5,
    "stab": 1.7, "arp": 2.2,
    "lead": 1.3, "synth_bass": 0.8, "sub_bass": 0.7, "voice": 1.35, "choir": 1.5, "strings": 1.4, "cello": 0.85,
    "clarinet": 0.8,
    "trumpet": 1.2, "harmonica": 1.2, "flute": 0.9, "whistle": 0.85,
}  # fmt: skip
_ROBINS = 3  # versions of the same note or stroke, taken in turn
_KEPT_SAMPLES = 16_000_000  # 64 MB


class Rack:
    """Plays notes. Equal notes are made once; strokes take turns among a few versions."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, float, int, int, int], Sound] = OrderedDict()
        self._size = 0

    def play(self, name: str, pitch: float, seconds: float, velocity: float, turn: int) -> Sound:
        """A stereo sound (2, samples) that must not be changed. Loudness follows velocity."""
        touch = max(1, min(5, round(velocity * 5)))
        key = (name, pitch, round(seconds * 20), touch, turn % _ROBINS)
        sound = self._kept.get(key)
        if sound is None:
            sound = self._make(*key)
            self._kept[key] = sound
            self._size += sound.size
            while self._size > _KEPT_SAMPLES:
                self._size -= self._kept.popitem(last=False)[1].size
        else:
            self._kept.move_to_end(key)
        return sound

    @staticmethod
    def _make(name: str, pitch: float, twentieths: int, touch: int, robin: int) -> Sound:
        seed = robin * 101 + round(pitch) * 7 + 1
        if name in PIECES:
            sound = PIECES[name](touch / 5, seed)
        else:
            sound = TONES[name](pitch, max(1, twentieths) / 20, touch / 5, seed)
        if sound.ndim == 1:
            sound = np.stack([sound, sound])
        return np.ascontiguousarray(sound * np.float32(_TRIMS.get(name, 1.0)), np.float32)
