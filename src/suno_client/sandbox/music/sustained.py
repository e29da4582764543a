"""Bowed, blown and sung tones, and synthesizers. Each takes pitch, seconds, velocity and a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from suno_client.sandbox.music.synth import (
    RATE,
    ROW_S,
    Curve,
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
    sine,
    spread,
    vibrato,
)  # fmt: skip


def _ensemble(  # noqa: PLR0917 - a private helper, always called in this order
    tone: Tone, freq: float, count: int, seed: int, cents: float, voices: int = 3, sway: float = 0.0
) -> Sound:
    """Several readings of one tone a side, a little out of tune with each other."""
    dice = np.random.default_rng(seed)
    sides = list[Sound]()
    for side in (-1, 1):
        mixed = np.zeros(count, np.float32)
        for voice in range(voices):
            tuned = freq * 2.0 ** (cents * (voice - (voices - 1) / 2 + 0.23 * side) / 1200.0)
            curve = (
                vibrato(tuned, count, cents=sway, rate_hz=dice.uniform(4.6, 5.6), start=dice.random())
                if sway
                else tuned
            )
            mixed += tone.read(cycles(curve, count, dice.random()))
        sides.append(mixed / np.float32(voices**0.5))
    return spread(sides[0], sides[1])


def _saw(
    freq: float,
    cutoff: Curve | float,
    *,
    slope: float = 2.0,
    peak: float = 0.0,
    odd: bool = False,
    tilt: float = 1.0,
    row_s: float = ROW_S,
) -> Tone:
    harmonics = partials(freq)
    level = harmonics**-tilt
    if odd:
        level = level * (harmonics % 2)
    gain = lowpass(harmonics, freq, cutoff, slope=slope, peak=peak)
    return Tone((level * gain).astype(np.float32), row_s=row_s)


def pad(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A warm wide pad that opens and closes slowly."""
    freq, shape = hertz(pitch), adsr(seconds, attack=min(0.7, seconds / 3), decay=2.0, sustain=0.85, release=0.4)
    t = rows_for(shape.size, 0.05)
    cutoff = 500.0 + 1_300.0 * velocity * (0.55 + 0.45 * np.sin(t * 0.9 + seed % 6)) + freq
    return _ensemble(_saw(freq, cutoff, slope=1.6, row_s=0.05), freq, shape.size, seed, 7.0) * shape * np.float32(0.17)


def deep_pad(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A very slow, dark pad, for music without a pulse."""
    freq, shape = hertz(pitch), adsr(seconds, attack=min(2.4, seconds / 2.2), decay=4.0, sustain=0.9, release=1.3)
    t = rows_for(shape.size, 0.1)
    cutoff = 260.0 + freq * (1.1 + 0.9 * np.sin(t * 0.45 + seed % 6)) + 700.0 * velocity
    return (
        _ensemble(_saw(freq, cutoff, slope=1.5, tilt=1.2, row_s=0.1), freq, shape.size, seed, 7.0, 2)
        * shape
        * np.float32(0.22)
    )


def super_saw(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """The bright wall of the eighties."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.03, decay=1.0, sustain=0.8, release=0.2)
    cutoff = 1_300.0 + 4_200.0 * velocity * np.exp(-rows_for(shape.size) / 1.4)
    return _ensemble(_saw(freq, cutoff, slope=1.5), freq, shape.size, seed, 9.0, 4) * shape * np.float32(0.16)


def stab(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A short chord note with a filter that snaps shut."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.003, decay=0.22, sustain=0.35, release=0.07)
    cutoff = 380.0 + freq + 3_600.0 * velocity * np.exp(-rows_for(shape.size) / 0.11)
    return _ensemble(_saw(freq, cutoff, peak=0.6), freq, shape.size, seed, 6.0, 2) * shape * np.float32(0.22)


def arp(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A plucky square for running figures."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.002, decay=0.16, sustain=0.2, release=0.09)
    cutoff = 500.0 + freq + 4_000.0 * velocity * np.exp(-rows_for(shape.size) / 0.09)
    return _ensemble(_saw(freq, cutoff, peak=0.8, odd=True), freq, shape.size, seed, 5.0, 1) * shape * np.float32(0.26)


def lead(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A singing lead: two saws, late vibrato."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.018, decay=0.5, sustain=0.75, release=0.14)
    cutoff = freq * 1.5 + 900.0 + 2_600.0 * velocity * np.exp(-rows_for(shape.size) / 0.5)
    return _ensemble(_saw(freq, cutoff, peak=0.5), freq, shape.size, seed, 8.0, 2, sway=16.0) * shape * np.float32(0.2)


def synth_bass(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """An analogue bass: saw and sub, the filter struck with each note."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.003, decay=0.3, sustain=0.6, release=0.035)
    cutoff = 180.0 + freq + 1_900.0 * velocity * np.exp(-rows_for(shape.size) / 0.1)
    tone = _saw(freq, cutoff, peak=0.9)
    saws = tone.read(cycles(freq * 1.002, shape.size, 0.1 * (seed % 4))) + tone.read(
        cycles(freq * 0.998, shape.size, 0.4)
    )
    return np.tanh((saws * np.float32(0.6) + sine(cycles(freq, shape.size)) * np.float32(0.55)) * shape) * np.float32(
        0.62
    )


def sub_bass(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """Round and deep: a sine with a little warmth."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.008, decay=0.8, sustain=0.7, release=0.06)
    body = sine(cycles(freq, shape.size)) + np.float32(0.22 * velocity) * sine(
        cycles(freq * 2, shape.size, 0.02 * (seed % 2))
    )
    return np.tanh(body * np.float32(1.3)) * shape * np.float32(0.6)


_VOWELS: dict[str, tuple[tuple[float, float, float], ...]] = {  # centre and width in hertz, level
    "ah": ((730, 110, 1.0), (1_150, 130, 0.6), (2_500, 220, 0.22), (3_400, 300, 0.1)),
    "oh": ((480, 90, 1.0), (850, 110, 0.4), (2_450, 220, 0.09), (3_300, 300, 0.05)),
    "oo": ((320, 80, 1.0), (720, 110, 0.2), (2_300, 220, 0.04), (3_200, 300, 0.03)),
}
_BODIES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "fiddle": ((280, 60, 0.9), (460, 80, 1.0), (1_000, 250, 0.7), (2_600, 700, 0.8), (4_500, 900, 0.25)),
    "cello": ((110, 40, 0.8), (220, 60, 1.0), (420, 120, 0.9), (1_100, 350, 0.5), (2_200, 500, 0.25)),
}


def _formed(freq: float, formants: tuple[tuple[float, float, float], ...], floor: float = 0.04) -> Curve:
    hz = partials(freq, 9_000.0, 70) * np.float32(freq)
    return sum(
        (level * np.exp(-(((hz - centre) / (1.6 * width)) ** 2)) for centre, width, level in formants),
        np.full(hz.size, floor),
    ).astype(np.float32)


def _rise(rows: Curve, seconds: float) -> NDArray[np.float32]:
    return np.clip(rows / np.float32(seconds), 0.0, 1.0)[:, None]


def voice(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A wordless singer; the vowel turns as the note goes on."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.05, decay=1.0, sustain=0.85, release=0.09)
    harmonics = partials(freq, 9_000.0, 70)
    start, end = (("oh", "ah"), ("ah", "oh"), ("oo", "ah"))[seed % 3]
    turn = _rise(rows_for(shape.size), 0.22)
    level = (_formed(freq, _VOWELS[start]) * (1 - turn) + _formed(freq, _VOWELS[end]) * turn) * harmonics**-0.75
    curve = vibrato(freq, shape.size, cents=24.0, rate_hz=5.2 + seed % 4 * 0.1, delay_s=0.28)
    curve = curve * (1.0 - 0.03 * np.exp(-np.arange(shape.size) / (0.035 * RATE)))
    tone = Tone(level.astype(np.float32)).read(cycles(curve, shape.size))
    breath = filtered(noise(shape.size, seed), band(1_500.0, 7_000.0)) * np.float32(0.012)
    return (
        (tone * np.float32(0.34) / np.float32(max(0.35, float(np.abs(tone).max()))) + breath)
        * shape
        * np.float32(0.7 + 0.3 * velocity)
    )


def choir(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """Many voices on one vowel, far off."""
    freq, shape = hertz(pitch), adsr(seconds, attack=min(1.2, seconds / 2.5), decay=3.0, sustain=0.9, release=0.7)
    level = _formed(freq, _VOWELS[("ah", "oh", "oo")[seed % 3]], 0.02) * partials(freq, 9_000.0, 70) ** -0.8
    sound = _ensemble(Tone(level[None, :].astype(np.float32)), freq, shape.size, seed, 11.0, 2, sway=13.0)
    return sound * shape * np.float32((0.3 + 0.05 * velocity) / max(0.3, float(np.abs(sound).max())))


def strings(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A string section, bowed softly or fully by velocity."""
    freq = hertz(pitch)
    shape = adsr(seconds, attack=min(0.34 - 0.22 * velocity, seconds / 2), decay=2.0, sustain=0.88, release=0.2)
    harmonics = partials(freq, 11_000.0, 80)
    level = (
        harmonics**-1.05
        * lowpass(harmonics, freq, 1_100.0 + 2_900.0 * velocity, slope=1.2)
        * (0.6 + _formed_at(harmonics * freq))
    )
    return (
        _ensemble(Tone(level.astype(np.float32)), freq, shape.size, seed, 8.0, 3, sway=11.0) * shape * np.float32(0.2)
    )


def _formed_at(hz: Curve) -> Curve:
    """The resonance of many wooden bodies: broad humps at 300, 1,100 and 2,700 Hz."""
    return sum(
        (
            level * np.exp(-((np.log2(hz / centre) * 1.5) ** 2))
            for centre, level in ((300, 0.6), (1_100, 0.4), (2_700, 0.5))
        ),
        np.zeros(hz.size),
    ).astype(np.float32)


def fiddle(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return _bowed("fiddle", pitch, seconds, velocity, seed)


def cello(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return _bowed("cello", pitch, seconds, velocity, seed)


def _bowed(body: str, pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    freq, shape = (
        hertz(pitch),
        adsr(seconds, attack=0.055 + 0.06 * (1 - velocity), decay=1.0, sustain=0.85, release=0.11),
    )
    harmonics = partials(freq, 9_000.0, 70)
    level = (
        (0.35 + _formed(freq, _BODIES[body]))
        * harmonics**-0.95
        * lowpass(harmonics, freq, 2_000.0 + 3_000.0 * velocity, slope=1.0)
    )
    tone = Tone(level.astype(np.float32)).read(
        cycles(vibrato(freq, shape.size, cents=17.0, rate_hz=5.5, start=seed % 9 / 9), shape.size)
    )
    bow = filtered(noise(shape.size, seed), band(1_800.0, 6_000.0)) * np.float32(0.008)
    return (tone * np.float32(0.24) + bow) * shape
