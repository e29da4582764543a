"""Struck instruments: pianos, vibraphone, bells, organ. Each takes pitch, seconds, velocity and a seed."""

from __future__ import annotations

import numpy as np

from suno_client.sandbox.music.synth import (
    Sound,
    Tone,
    adsr,
    band,
    cycles,
    ended,
    filtered,
    fm,
    hertz,
    noise,
    partials,
    rows_for,
    samples,
    sine,
    spread,
    times,
)  # fmt: skip


def epiano(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A tine piano by frequency modulation, gently swaying from side to side."""
    freq = hertz(pitch)
    shape = adsr(seconds, attack=0.004, decay=1.5, sustain=0.05, release=0.14)
    t = times(shape.size)
    bark = np.float32(0.35 + 1.5 * velocity * velocity) * np.exp(-t / 0.45) * np.float32(min(1.3, 330.0 / freq + 0.4))
    phase = cycles(freq, shape.size)
    body = fm(phase, 1.0, bark) + np.float32(0.35) * sine(cycles(freq * 1.0012, shape.size))
    tine = np.float32(0.22 * velocity) * fm(phase * 7.0, 2.0, 0.4) * np.exp(-t / 0.09)
    tone = (body + tine) * shape * np.float32(0.32)
    sway = np.float32(0.16) * np.sin(2 * np.pi * 4.6 * t + seed % 7).astype(np.float32)
    return spread(tone * (1.0 + sway), tone * (1.0 - sway))


def piano(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A grand: two strings a note, high partials that die first, a felt hammer."""
    freq = hertz(pitch)
    longest = float(np.clip(5.5 * (220.0 / freq) ** 0.5, 0.7, 7.0))
    shape = adsr(min(seconds, longest * 1.4), attack=0.002, decay=longest, sustain=0.0, release=0.12)
    harmonics = partials(freq, 9_000.0, 48)
    t = rows_for(shape.size)[:, None]
    hammer = harmonics ** np.float32(-1.05 - 0.9 * (1.0 - velocity)) * np.abs(np.sin(np.pi * harmonics * 0.121))
    hammer = hammer * np.exp(-harmonics * freq / (1_900.0 + 4_200.0 * velocity))
    fade = np.float32(0.6) * np.exp(-t * (0.4 + harmonics * 0.42)) + np.float32(0.4) * np.exp(-t * harmonics * 0.11)
    phases = np.random.default_rng(round(pitch) * 31).uniform(0, 6.28, harmonics.size).astype(np.float32)
    tone = Tone((hammer * fade).astype(np.float32), phases)
    strings = [tone.read(cycles(freq * detune, shape.size, 0.1 * n)) for n, detune in enumerate((0.99975, 1.0, 1.0003))]
    thud = filtered(noise(samples(0.05), seed), band(90.0, 900.0 + 1_500.0 * velocity)) * np.float32(0.05 * velocity)
    left, right = (strings[0] + strings[1]) * shape, (strings[2] + strings[1]) * shape
    for side in (left, right):
        count = min(side.size, thud.size)
        side[:count] += ended(thud.copy())[:count] * np.linspace(1, 0, count, dtype=np.float32)
    lean = np.float32(np.clip((pitch - 60.0) / 90.0, -0.3, 0.3))
    return spread(left * (1.0 - lean), right * (1.0 + lean)) * np.float32(0.62)


def vibes(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A vibraphone with its motor on."""
    freq = hertz(pitch)
    shape = adsr(max(seconds, 0.5), attack=0.002, decay=1.6, sustain=0.0, release=0.35)
    t = times(shape.size)
    phase = cycles(freq, shape.size)
    tone = sine(phase) + np.float32(0.2) * sine(phase * 3.98) * np.exp(-t / 0.35)
    tone += np.float32(0.11 * velocity) * sine(phase * 9.7) * np.exp(-t / 0.06)
    sway = np.float32(0.2) * np.sin(2 * np.pi * 5.1 * t + seed % 5).astype(np.float32)
    tone = tone * shape * np.float32(0.42)
    return spread(tone * (0.9 + sway), tone * (0.9 - sway * 0.6))


def bell(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A music box far away: inharmonic, long, soft."""
    freq = hertz(pitch)
    shape = adsr(max(seconds, 1.2), attack=0.003, decay=1.6, sustain=0.0, release=0.5)
    t = times(shape.size)
    left, right = np.zeros(shape.size, np.float32), np.zeros(shape.size, np.float32)
    for number, (ratio, level, last) in enumerate(
        ((1.0, 1.0, 2.0), (2.003, 0.42, 1.2), (3.01, 0.2, 0.7), (5.42, 0.14 * velocity, 0.3))
    ):
        if freq * ratio < 14_000:
            part = (
                np.float32(level)
                * sine(cycles(freq * ratio, shape.size, seed % 3 * 0.2))
                * np.exp(-t / np.float32(last))
            )
            left += part * np.float32(1.0 - 0.25 * (number % 2))
            right += part * np.float32(0.75 + 0.25 * (number % 2))
    return spread(left, right) * shape * np.float32(0.34)


def kalimba(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """A thumb piano: a short tine over a wooden box."""
    freq = hertz(pitch)
    shape = adsr(max(seconds, 0.6), attack=0.002, decay=0.55, sustain=0.0, release=0.3)
    t = times(shape.size)
    tone = sine(cycles(freq, shape.size)) + np.float32(0.22 * velocity) * sine(
        cycles(freq * 5.43, shape.size)
    ) * np.exp(-t / 0.05)
    tone += np.float32(0.28) * sine(cycles(freq * 2.0, shape.size)) * np.exp(-t / 0.2)
    tap = ended(filtered(noise(samples(0.03), seed), band(300.0, 2_400.0))) * np.float32(0.08)
    tone[: tap.size] += tap[: tone.size]
    return tone * shape * np.float32(0.5)


def organ(pitch: float, seconds: float, velocity: float, seed: int) -> Sound:
    """Drawbars behind a slowly turning speaker."""
    freq = hertz(pitch)
    shape = adsr(seconds, attack=0.012, decay=0.5, sustain=0.9, release=0.05)
    bars = np.zeros(10, np.float32)
    bars[[0, 1, 2, 3, 5, 7]] = (0.8, 0.75, 0.55, 0.35, 0.16, 0.16)
    harmonics = np.arange(1, 11, dtype=np.float32)
    level = bars * lowpass_gain(harmonics * freq * 0.5, 3_800.0 + 2_000.0 * velocity)
    tone = Tone(level[None, :].astype(np.float32))
    t = np.arange(shape.size) / 48_000
    turn = 0.00042 * freq / 0.9 * np.sin(2 * np.pi * 0.9 * t + seed % 6)
    left = tone.read(cycles(freq * 0.5, shape.size) + turn)
    right = tone.read(cycles(freq * 0.5, shape.size) - turn)
    return spread(left, right) * shape * np.float32(0.24)


def lowpass_gain(freqs: Sound, cutoff_hz: float) -> Sound:
    return (1.0 / np.sqrt(1.0 + (freqs / np.float32(cutoff_hz)) ** 4)).astype(np.float32)
