"""Drums and percussion, each kit in its own colour. A piece takes velocity and a seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from suno_client.sandbox.music.synth import (
    RATE,
    Curve,
    Sound,
    band,
    cycles,
    ended,
    filtered,
    noise,
    samples,
    sine,
    spread,
    times,
)

Piece = Callable[[float, int], Sound]


def _fall(count: int, seconds: float) -> Curve:
    return np.exp(-times(count) / np.float32(seconds))


def _drop(count: int, low: float, high: float, speed_s: float) -> Sound:
    """A sine that falls from `high` to `low` hertz."""
    t = np.arange(count) / RATE
    return sine(cycles(low + (high - low) * np.exp(-t / speed_s), count))


def kick(  # noqa: PLR0917 - a table of kits, read in columns
    low: float, high: float, length_s: float, click: float, drive: float, dull_hz: float = 9_000.0
) -> Piece:
    def play(velocity: float, seed: int) -> Sound:
        count = samples(length_s * 3.2)
        body = _drop(count, low, high, 0.022) * _fall(count, length_s) * np.float32(0.6 + 0.4 * velocity)
        beater = (
            filtered(noise(count, seed), band(1_200.0, dull_hz)) * _fall(count, 0.004) * np.float32(click * velocity)
        )
        sound = np.tanh((body + beater) * np.float32(drive)) / np.float32(np.tanh(drive))
        return ended(filtered(sound, band(24.0, dull_hz)), 0.02) * np.float32(0.9)

    return play


def snare(  # noqa: PLR0917 - as kick
    tone_hz: float, ring_s: float, wires_s: float, wires: float, low: float, high: float
) -> Piece:
    def play(velocity: float, seed: int) -> Sound:
        count = samples(max(ring_s, wires_s) * 6)
        skin = _drop(count, tone_hz, tone_hz * 1.6, 0.014) + np.float32(0.5) * sine(
            cycles(tone_hz * 1.58, count)
        ) * _fall(count, ring_s * 0.6)
        rattle = [filtered(noise(count, seed + side), band(low, high)) * _fall(count, wires_s) for side in (0, 50)]
        skin = skin * _fall(count, ring_s) * np.float32(0.5)
        level = np.float32(wires * (0.5 + 0.5 * velocity))
        return ended(
            np.tanh(spread(skin + level * (rattle[0] + 0.4 * rattle[1]), skin + level * (rattle[1] + 0.4 * rattle[0]))),
            0.02,
        ) * np.float32(0.62)

    return play


def big_snare(velocity: float, seed: int) -> Sound:
    """A snare in a large room whose door shuts: the gated sound."""
    dry = snare(185, 0.09, 0.12, 0.8, 900, 9_000)(velocity, seed)
    count = samples(0.42)
    gate = np.clip((0.3 - times(count)) / 0.05, 0, 1) * np.float32(0.34)
    room = [filtered(noise(count, seed + 7 + side), band(350, 6_000)) * gate * _fall(count, 0.35) for side in (0, 1)]
    sound = spread(room[0], room[1])
    size = min(count, dry.shape[1])
    sound[:, :size] += dry[:, :size]
    return ended(sound, 0.02) * np.float32(0.85)


def clap(velocity: float, seed: int) -> Sound:
    count = samples(0.4)
    shape = sum(
        (_delayed(_fall(count, 0.008), at) for at in (0.0, 0.011, 0.022)), np.zeros(count, np.float32)
    ) + _delayed(_fall(count, 0.09), 0.03) * np.float32(0.8)
    sides = [filtered(noise(count, seed + side), band(800, 5_500)) * shape for side in (0, 1)]
    return ended(spread(sides[0], sides[1])) * np.float32(0.3 * (0.6 + 0.4 * velocity))


def _delayed(curve: Curve, seconds: float) -> Curve:
    moved = np.zeros_like(curve)
    start = round(seconds * RATE)
    moved[start:] = curve[: curve.size - start]
    return moved


def hat(length_s: float, low: float = 6_500.0, high: float = 15_000.0, metal: float = 0.5) -> Piece:
    def play(velocity: float, seed: int) -> Sound:
        count = samples(length_s * 5)
        rough = noise(count, seed)
        ring = sum(
            (np.sign(sine(cycles(ratio * 540.0, count, 0.1 * seed))) for ratio in (2.0, 3.0, 4.16, 5.43, 6.79, 8.21)),
            np.zeros(count, np.float32),
        )
        sound = filtered(rough * np.float32(1 - metal) + ring * np.float32(0.35 * metal), band(low, high, steep=3.0))
        return ended(sound * _fall(count, length_s * (0.7 + 0.5 * velocity))) * np.float32(0.34)

    return play


def ride(velocity: float, seed: int) -> Sound:
    """A ride cymbal: a clear ping over a long wash."""
    count = samples(1.5)
    dice = np.random.default_rng(7)
    ping = np.zeros(count, np.float32)
    for ratio in dice.uniform(1.0, 7.0, 14):
        ping += sine(cycles(1_300.0 * ratio, count, float(dice.random()))) * _fall(count, 0.5 / ratio + 0.1)
    wash = filtered(noise(count, seed), band(4_500, 13_000)) * _fall(count, 0.45)
    stick = filtered(noise(count, seed + 3), band(3_000, 9_000)) * _fall(count, 0.006)
    return ended(
        ping * np.float32(0.013) + wash * np.float32(0.045 + 0.04 * velocity) + stick * np.float32(0.22 * velocity), 0.1
    )


def crash(velocity: float, seed: int) -> Sound:
    count = samples(2.6)
    sides = [
        filtered(noise(count, seed + side), band(2_800, 13_000))
        * (_fall(count, 0.7) + np.float32(0.6) * _fall(count, 0.08))
        for side in (0, 1)
    ]
    return ended(spread(sides[0], sides[1]), 0.2) * np.float32(0.2 * (0.5 + 0.5 * velocity))


def brush(velocity: float, seed: int) -> Sound:
    """Wire brushes swept over a snare."""
    count = samples(0.34)
    t = times(count)
    shape = np.abs(np.sin(np.pi * np.clip(t / 0.3, 0, 1))) ** 1.5
    sweep = filtered(noise(count, seed), band(1_400, 7_500)) * shape * np.float32(0.1)
    tap = filtered(noise(count, seed + 1), band(500, 6_000)) * _fall(count, 0.03) * np.float32(0.22 * velocity)
    return ended(sweep + tap)


def rim(velocity: float, seed: int) -> Sound:
    count = samples(0.12)
    sound = sine(cycles(1_680.0, count)) * _fall(count, 0.012) + sine(cycles(480.0, count)) * _fall(count, 0.02)
    return ended(
        sound * np.float32(0.4 * (0.5 + 0.5 * velocity))
        + filtered(noise(count, seed), band(2_000, 8_000)) * _fall(count, 0.006) * np.float32(0.2)
    )


def shaker(velocity: float, seed: int) -> Sound:
    count = samples(0.13)
    t = times(count)
    shape = np.clip(t / 0.03, 0, 1) * np.exp(-np.maximum(0, t - 0.03) / 0.03)
    return ended(filtered(noise(count, seed), band(5_000, 13_000)) * shape.astype(np.float32)) * np.float32(
        0.22 * (0.4 + 0.6 * velocity)
    )


def tambourine(velocity: float, seed: int) -> Sound:
    count = samples(0.25)
    jingle = sum(
        (sine(cycles(hz, count)) for hz in (6_130.0, 7_420.0, 8_890.0, 10_370.0)), np.zeros(count, np.float32)
    ) * np.float32(0.12)
    return ended(
        (jingle + filtered(noise(count, seed), band(6_000, 14_000)) * np.float32(0.5)) * _fall(count, 0.05)
    ) * np.float32(0.26 * velocity)


def tom(hz: float) -> Piece:
    def play(velocity: float, seed: int) -> Sound:
        count = samples(0.9)
        skin = _drop(count, hz, hz * 1.5, 0.05) * _fall(count, 0.2)
        return ended(
            skin * np.float32(0.75)
            + filtered(noise(count, seed), band(300, 5_000)) * _fall(count, 0.015) * np.float32(0.2 * velocity),
            0.05,
        )

    return play


def riser(velocity: float, seed: int) -> Sound:
    """Two seconds of noise that opens up, before a drop."""
    count = samples(2.0)
    t = times(count) / np.float32(2.0)
    dark, bright = filtered(noise(count, seed), band(300, 1_500)), filtered(noise(count, seed + 1), band(2_500, 11_000))
    return ended((dark * (1 - t) + bright * t) * t * t * np.float32(0.3 * velocity), 0.03)


PIECES: dict[str, Piece] = {
    "kick.soft": kick(52, 130, 0.13, 0.25, 1.6, 2_600), "kick.deep": kick(47, 210, 0.15, 0.5, 1.9),
    "kick.rock": kick(58, 160, 0.1, 1.1, 2.0),
    "kick.jazz": kick(62, 110, 0.1, 0.2, 1.1, 2_500), "kick.big": kick(50, 180, 0.16, 0.8, 2.0),
    "kick.stomp": kick(66, 95, 0.07, 0.35, 1.2, 1_500),
    "snare.soft": snare(178, 0.06, 0.085, 0.42, 700, 5_200), "snare.rock": snare(196, 0.11, 0.14, 0.75, 900, 10_000),
    "snare.big": big_snare,
    "snare.house": snare(210, 0.05, 0.1, 0.6, 1_200, 9_000), "snare.jazz": snare(205, 0.06, 0.07, 0.3, 1_500, 8_000),
    "clap": clap, "brush": brush, "rim": rim,
    "hat": hat(0.03), "hat.soft": hat(0.028, 5_000, 9_000, 0.2), "hat.open": hat(0.16), "hat.half": hat(0.12, 5_000,
    13_000), "hat.foot": hat(0.022, 4_000, 9_000),
    "ride": ride, "crash": crash, "shaker": shaker, "tambourine": tambourine, "riser": riser,
    "tom.high": tom(165), "tom.mid": tom(122), "tom.low": tom(86),
}  # fmt: skip
