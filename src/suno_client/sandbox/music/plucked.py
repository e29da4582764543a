"""Plucked strings: guitars, basses, harp, banjo. Each takes pitch, seconds, velocity and a seed."""

from __future__ import annotations

import numpy as np

from suno_client.sandbox.music.synth import (
    RATE,
    Sound,
    Tone,
    adsr,
    band,
    cycles,
    ended,
    filtered,
    hertz,
    noise,
    partials,
    rows_for,
    samples,
    spread,
)  # fmt: skip


def pluck(
    pitch: float, seconds: float, velocity: float, seed: int, *,
    decay: float, bright: float, position: float, release: float = 0.08, body: float = 0.3, click: float = 0.05,
) -> Sound:  # fmt: skip
    """A string as Karplus and Strong heard it, in its spectrum: each pass round the loop dulls it.

    `decay` is the seconds of the lowest partial at 220 Hz, `bright` the hertz from which the pluck itself is dull,
    `position` where along the string, `body` the share of the wooden box, `click` of the pick.
    """
    freq = hertz(pitch)
    last = decay * (220.0 / freq) ** 0.45
    shape = adsr(min(seconds, last * 2.2), attack=0.0015, decay=last * 3, sustain=0.0, release=release)
    harmonics = partials(freq, 14_000.0, 90)
    dice = np.random.default_rng(seed)
    edge = bright * (0.45 + 0.75 * velocity)
    level = np.abs(np.sin(np.pi * harmonics * position)) / harmonics**0.8 / (1.0 + (harmonics * freq / edge) ** 2)
    level = level * dice.uniform(0.85, 1.15, harmonics.size)
    level = level * (1.0 + body * np.exp(-(((harmonics * freq - 210.0) / 90.0) ** 2)))
    loss = 1.0 / last + (harmonics * freq / 2_900.0) ** 1.4 * 2.4
    row_s = 0.008 if shape.size < RATE else 0.016
    fade = np.exp(-rows_for(shape.size, row_s)[:, None] * loss)
    tone = Tone((level * fade).astype(np.float32), dice.uniform(0, 0.6, harmonics.size).astype(np.float32), row_s)
    bend = 1.0 + 0.0022 * velocity * np.exp(-np.arange(shape.size) / (0.05 * 48_000))
    sound = tone.read(cycles(freq * bend, shape.size)) * shape
    pick = ended(filtered(noise(samples(0.012), seed), band(900.0, bright * 2.0))) * np.float32(click * velocity)
    count = min(pick.size, sound.size)
    sound[:count] += pick[:count]
    return sound


def nylon(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return pluck(
        pitch, seconds, velocity, seed, decay=1.5, bright=1_500, position=0.28, body=0.6, click=0.04
    ) * np.float32(0.75)


def steel(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A steel-string guitar: two microphones, a hair apart in tune."""
    left = pluck(pitch, seconds, velocity, seed, decay=2.0, bright=3_600, position=0.17, body=0.35, click=0.1)
    right = pluck(
        pitch + 0.012, seconds, velocity, seed + 1, decay=1.9, bright=3_200, position=0.2, body=0.45, click=0.07
    )
    count = min(left.size, right.size)
    return spread(left[:count] + 0.35 * right[:count], right[:count] + 0.35 * left[:count]) * np.float32(0.55)


def clean(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """An electric guitar on its neck pickup."""
    return pluck(
        pitch, seconds, velocity, seed, decay=2.4, bright=2_300, position=0.24, body=0.0, click=0.05
    ) * np.float32(0.7)


def harp(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return pluck(
        pitch, seconds + 1.2, velocity, seed, decay=1.9, bright=2_000, position=0.42, body=0.3, click=0.01, release=0.3
    ) * np.float32(0.8)


def banjo(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    return pluck(
        pitch, seconds, velocity, seed, decay=0.5, bright=4_800, position=0.1, body=0.0, click=0.16
    ) * np.float32(0.8)


def upright(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A double bass, plucked with the flesh of a finger."""
    sound = pluck(
        pitch, seconds, velocity, seed, decay=0.75, bright=620, position=0.22, body=0.5, click=0.05, release=0.06
    )
    return filtered(sound, band(38.0, 2_200.0)) * np.float32(1.05)


def electric_bass(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A bass guitar, picked."""
    sound = pluck(
        pitch, seconds, velocity, seed, decay=1.3, bright=1_500, position=0.16, body=0.0, click=0.1, release=0.04
    )
    return np.tanh(sound * np.float32(1.8)) * np.float32(0.62)


def power(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A power chord on two overdriven guitars, one a side. Below velocity 0.6 the palm mutes the strings."""
    muted = velocity < 0.6
    sides = [
        _driven(pitch + detune, seconds, velocity, seed + side, muted=muted)
        for side, detune in enumerate((-0.03, 0.04))
    ]
    count = min(side.size for side in sides)
    return spread(sides[0][:count], sides[1][:count])


def _driven(pitch: float, seconds: float, velocity: float, seed: int, *, muted: bool) -> Sound:
    held = min(seconds, 0.16) if muted else seconds
    decay, bright = (0.35, 1_300) if muted else (5.0, 3_000)
    strings = [
        pluck(
            pitch + step,
            held,
            velocity,
            seed + step,
            decay=decay,
            bright=bright,
            position=0.12,
            body=0,
            click=0.1,
            release=0.03,
        )
        for step in (0, 7, 12)
    ]
    count = min(string.size for string in strings)
    chord = strings[0][:count] + strings[1][:count] * np.float32(0.8) + strings[2][:count] * np.float32(0.6)
    chord = filtered(chord, band(90.0, 5_000.0, steep=1.0))
    loud = np.tanh(chord * np.float32(9.0) + 0.15) + np.float32(0.25) * np.tanh(chord * np.float32(30.0))
    return ended(filtered(loud, _cabinet) * np.float32(0.3), 0.02)


def solo_guitar(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A singing overdriven guitar with finger vibrato."""
    freq, shape = hertz(pitch), adsr(seconds, attack=0.008, decay=1.2, sustain=0.72, release=0.09)
    harmonics = partials(freq, 8_000.0, 60)
    level = (
        harmonics**-0.7 * np.abs(np.sin(np.pi * harmonics * 0.13 + 0.5)) / (1 + (harmonics * freq / 3_400.0) ** 2)
    ).astype(np.float32)
    t = np.arange(shape.size) / 48_000
    swing = 2.0 ** (
        np.clip((t - 0.22) / 0.4, 0, 1) * 28.0 * np.sin(2 * np.pi * 5.6 * t) / 1200.0 - 0.35 * np.exp(-t / 0.03) / 12.0
    )
    tone = Tone(level[None, :], np.random.default_rng(seed % 3).uniform(0, 3, harmonics.size).astype(np.float32)).read(
        cycles(freq * swing, shape.size)
    )
    return filtered(np.tanh(tone * np.float32(3.0)), _cabinet) * shape * np.float32(0.26 + 0.1 * velocity)


def _cabinet(freqs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A closed box with four speakers: no deep bass, a nose at 2.5 kHz, nothing over 5."""
    hz = np.maximum(freqs, 1.0)
    nose = 1.0 + 0.9 * np.exp(-((np.log2(hz / 2_400.0) * 1.4) ** 2)) + 0.5 * np.exp(-((np.log2(hz / 130.0) * 1.6) ** 2))
    return nose / np.sqrt((1.0 + (85.0 / hz) ** 6) * (1.0 + (hz / 4_700.0) ** 8))
