"""Wind instruments. Each takes pitch, seconds, velocity and a seed."""

from __future__ import annotations

import numpy as np

from suno_client.sandbox.music.synth import (
    Sound,
    Tone,
    adsr,
    band,
    cycles,
    filtered,
    hertz,
    lowpass,
    noise,
    partials,
    rows_for,
    vibrato,
)  # fmt: skip


def _blow(
    pitch: float, seconds: float, velocity: float, seed: int, *,
    odd: float = 1.0, tilt: float = 1.0, bright: float, bloom: float = 0.0, attack: float = 0.05, breath: float = 0.01,
    cents: float = 14.0, scoop: float = 0.0,
) -> Sound:  # fmt: skip
    """A reed, lip or edge tone. `odd` is what stays of the even partials, `bloom` the seconds until it is bright."""
    freq, shape = hertz(pitch), adsr(seconds, attack=attack, decay=0.8, sustain=0.8, release=0.08)
    harmonics = partials(freq, 9_000.0, 50)
    t = rows_for(shape.size)
    opened = 1.0 - 0.7 * np.exp(-t / bloom) if bloom else np.ones_like(t)
    cutoff = freq + bright * (0.45 + 0.75 * velocity) * opened
    level = harmonics**-tilt * np.where(harmonics % 2 == 1, 1.0, odd) * lowpass(harmonics, freq, cutoff, slope=1.3)
    curve = vibrato(freq, shape.size, cents=cents, rate_hz=5.0 + seed % 5 * 0.12)
    curve = curve * (1.0 - scoop * np.exp(-np.arange(shape.size) / (0.04 * 48_000)))
    tone = Tone(level.astype(np.float32)).read(cycles(curve, shape.size))
    air = filtered(noise(shape.size, seed), band(max(400.0, freq), 6_000.0)) * np.float32(breath)
    return (
        (tone * np.float32(0.42 / max(0.4, float(np.abs(tone).max()))) + air) * shape * np.float32(0.6 + 0.4 * velocity)
    )


def flute(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return _blow(pitch, seconds, velocity, seed, tilt=2.0, bright=1_600, attack=0.07, breath=0.016, cents=17)


def whistle(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return _blow(
        pitch, seconds, velocity, seed, tilt=2.4, bright=2_600, attack=0.03, breath=0.016, cents=10, scoop=0.015
    )


def clarinet(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return _blow(pitch, seconds, velocity, seed, odd=0.12, tilt=0.9, bright=1_500, attack=0.05, breath=0.006, cents=6)


def sax(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A tenor, breathy and a little late."""
    return _blow(
        pitch,
        seconds,
        velocity,
        seed,
        odd=0.75,
        tilt=0.75,
        bright=1_500,
        bloom=0.09,
        attack=0.045,
        breath=0.022,
        cents=20,
        scoop=0.03,
    )


def trumpet(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A trumpet behind a felt mute."""
    return _blow(
        pitch,
        seconds,
        velocity,
        seed,
        tilt=0.55,
        bright=1_700,
        bloom=0.07,
        attack=0.03,
        breath=0.008,
        cents=12,
        scoop=0.01,
    )


def harmonica(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return _blow(
        pitch,
        seconds,
        velocity,
        seed,
        odd=0.9,
        tilt=0.65,
        bright=2_600,
        bloom=0.05,
        attack=0.04,
        breath=0.012,
        cents=22,
        scoop=0.025,
    )
