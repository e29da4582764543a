"""The sound of a place: rain, vinyl, waves, wind. Each fills blocks without end, the same for the same seed."""

from __future__ import annotations

import numpy as np

from suno_client.sandbox.music.synth import RATE, Sound, band, filtered, samples, times

_LOOP_S = 11.0  # long enough that its return is not noticed


class Texture:
    """A loop whose end flows into its beginning, with slow swells over it."""

    def __init__(self, kind: str, gain: float, seed: int) -> None:
        self._loop = _seamless(_MAKERS[kind](samples(_LOOP_S + 1.0), np.random.default_rng(seed))) * np.float32(gain)
        self._swell = {"waves": (0.09, 0.75), "wind": (0.07, 0.6), "rain": (0.05, 0.2), "vinyl": (0.3, 0.1)}[kind]

    def block(self, start: int, count: int) -> Sound:
        places = (start + np.arange(count)) % self._loop.shape[1]
        rate, depth = self._swell
        t = (start + np.arange(count)) / RATE
        swell = 1.0 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * rate * t + 1.0))
        return self._loop[:, places] * swell.astype(np.float32)


def _seamless(sound: Sound) -> Sound:
    joint = samples(1.0)
    ramp = np.linspace(0.0, 1.0, joint, dtype=np.float32)
    body = sound[:, :-joint].copy()
    body[:, :joint] = body[:, :joint] * np.sqrt(ramp) + sound[:, -joint:] * np.sqrt(1.0 - ramp)
    return body


def _rain(count: int, dice: np.random.Generator) -> Sound:
    hiss = filtered(dice.standard_normal((2, count), dtype=np.float32), band(900, 7_500, steep=1.0)) * np.float32(0.03)
    drop = np.exp(-times(samples(0.02)) / np.float32(0.003)).astype(np.float32)
    drops = np.zeros((2, count), np.float32)
    places = dice.integers(0, count - drop.size, int(count / RATE * 60))
    for place, side, level in zip(places, dice.random(places.size), dice.random(places.size) ** 4, strict=True):
        drops[0, place] += level * (1.0 - side)
        drops[1, place] += level * side
    shaped = np.fft.irfft(np.fft.rfft(drops, count) * np.fft.rfft(drop, count), count).astype(np.float32)
    return hiss + filtered(shaped, band(1_500, 9_000, steep=1.0)) * np.float32(0.35)


def _vinyl(count: int, dice: np.random.Generator) -> Sound:
    hiss = filtered(dice.standard_normal((2, count), dtype=np.float32), band(1_500, 9_000, steep=0.7)) * np.float32(
        0.005
    )
    rumble = filtered(dice.standard_normal((2, count), dtype=np.float32), band(35, 90)) * np.float32(0.012)
    ticks = np.zeros((2, count), np.float32)
    places = dice.integers(0, count, int(count / RATE * 13))
    ticks[dice.integers(0, 2, places.size), places] += (
        dice.random(places.size) ** 3 * dice.choice((-1, 1), places.size)
    ).astype(np.float32)
    ticks += ticks[::-1] * np.float32(0.5)
    return hiss + rumble + filtered(ticks, band(700, 8_000, steep=1.0)) * np.float32(0.55)


def _waves(count: int, dice: np.random.Generator) -> Sound:
    return filtered(dice.standard_normal((2, count), dtype=np.float32), band(120, 1_400, steep=0.8)) * np.float32(0.06)


def _wind(count: int, dice: np.random.Generator) -> Sound:
    return filtered(dice.standard_normal((2, count), dtype=np.float32), band(180, 520, steep=1.2)) * np.float32(0.05)


_MAKERS = {"rain": _rain, "vinyl": _vinyl, "waves": _waves, "wind": _wind}
