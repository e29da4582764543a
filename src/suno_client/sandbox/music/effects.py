"""Room, echo, ducking, tape, equaliser, limiter: what happens to channels and to their sum, block by block."""

from __future__ import annotations

import numpy as np

from suno_client.sandbox.music.synth import RATE, Curve, Sound, band, fast_size, filtered, samples, times

_LONGEST_ECHO_S = 4.0


class Convolver:
    """A stereo impulse response applied to blocks of one size, with the tail carried over."""

    def __init__(self, response: Sound, block: int) -> None:
        self._size = fast_size(block + response.shape[1])
        self._spectrum = np.fft.rfft(response, self._size).astype(np.complex64)
        self._tail = np.zeros((2, self._size), np.float32)
        self._block = block

    def run(self, sound: Sound) -> Sound:
        self._tail += np.fft.irfft(np.fft.rfft(sound, self._size) * self._spectrum, self._size).astype(np.float32)
        out = self._tail[:, : self._block].copy()
        self._tail[:, : -self._block] = self._tail[:, self._block :].copy()
        self._tail[:, -self._block :] = 0.0
        return out


def hall(seconds: float, dull_hz: float, seed: int) -> Sound:
    """The answer of a room: noise that fades, highs first, after a few early reflections. `seconds` to -60 dB."""
    count = samples(seconds * 1.1)
    dice = np.random.default_rng(seed)
    t = times(count)
    response = np.zeros((2, count), np.float32)
    for low, high, share in ((60.0, 400.0, 1.0), (400.0, dull_hz * 0.6, 0.85), (dull_hz * 0.6, dull_hz * 1.8, 0.5)):
        part = filtered(dice.standard_normal((2, count), dtype=np.float32), band(low, high))
        response += part * np.exp(-6.9 * t / np.float32(seconds * share))
    response *= np.clip(t / np.float32(0.03), 0.0, 1.0)
    response[:, samples(0.012) :] = response[:, : -samples(0.012)].copy()
    response[:, : samples(0.012)] = 0.0
    for side in (0, 1):
        for at in dice.uniform(0.008, 0.06, 6):
            response[side, int(at * RATE)] += dice.choice((-1, 1)) * 6.0 * np.exp(-at / 0.04)
    return response / np.float32(np.sqrt(np.sum(response**2) / 2))


def ping_pong(gap_s: float, again: float, dull_hz: float = 3_500.0) -> Sound:
    """Echoes that change sides and grow dull."""
    taps = max(2, min(7, int(np.log(0.03) / np.log(max(0.05, again))), int(_LONGEST_ECHO_S / gap_s)))
    response = np.zeros((2, samples(gap_s * taps + 0.1)), np.float32)
    for tap in range(1, taps + 1):
        place = samples(gap_s * tap)
        response[tap % 2, place] += again ** (tap - 1)
        response[1 - tap % 2, place] += 0.25 * again ** (tap - 1)
    return filtered(response, band(180.0, dull_hz, steep=1.0))


def duck_curve(kicks: list[float], start: int, count: int, recover_s: float = 0.26) -> Curve:
    """How far the kick is away: 0 on the kick, 1 when it is over."""
    t = (start + np.arange(count)) / RATE
    places = np.asarray(kicks)
    index = np.searchsorted(places, t, side="right") - 1
    since = np.where(index >= 0, t - places[np.maximum(index, 0)], 9.0)
    return (1.0 - np.exp(-np.maximum(0.0, since - 0.01) / recover_s * 3.0)).astype(np.float32)


def tone_response(dull_hz: float, size: int = 2_048) -> Sound:
    """A short response that removes rumble and rounds off the highs of the master."""
    freqs = np.fft.rfftfreq(size, 1.0 / RATE)
    gain = band(28.0, dull_hz, steep=2.0)(freqs.astype(np.float64))
    response = np.roll(np.fft.irfft(gain, size), size // 2) * np.hanning(size)
    return np.stack([response, response]).astype(np.float32)


class Tape:
    """A motor that never runs quite evenly. `depth` 1 is a cassette at its end."""

    def __init__(self, depth: float, block: int, seed: int) -> None:
        self._depth = depth * 0.0011 * RATE
        self._room = samples(0.02)
        self._before = np.zeros((2, self._room), np.float32)
        self._block, self._seed, self._start = block, seed, 0

    def run(self, sound: Sound) -> Sound:
        if not self._depth:
            return sound
        joined = np.concatenate([self._before, sound], axis=1)
        t = (self._start + np.arange(self._block)) / RATE
        late = self._depth * (
            1.1
            + np.sin(2 * np.pi * 0.53 * t + self._seed % 6) * 0.8
            + np.sin(2 * np.pi * 6.3 * t) * 0.06
            + np.sin(2 * np.pi * 0.19 * t)
        )
        place = np.clip(self._room + np.arange(self._block) - late, 0, joined.shape[1] - 2)
        index = place.astype(np.intp)
        between = (place - index).astype(np.float32)
        self._before, self._start = sound[:, -self._room :].copy(), self._start + self._block
        return joined[:, index] + between * (joined[:, index + 1] - joined[:, index])


class Limiter:
    """Keeps peaks under `ceiling` by turning down shortly before them; one block late."""

    HOP = 64  # samples between two gains
    _REACH = 24  # hops: 32 ms before and after a peak

    def __init__(self, ceiling: float = 0.84) -> None:
        self._ceiling = ceiling
        self._sound: Sound | None = None
        self._gains = np.ones(2 * self._REACH, np.float32)  # the gains just before the held block

    def run(self, sound: Sound | None) -> Sound | None:
        """Takes the next block and gives the one before; None ends it."""
        held, self._sound = self._sound, sound
        if held is None:
            return None
        wanted = self._wanted(held)
        after = self._wanted(sound) if sound is not None else np.ones(2 * self._REACH + 1, np.float32)
        joined = np.concatenate([self._gains, wanted, after[: 2 * self._REACH + 1]])
        lowest = np.lib.stride_tricks.sliding_window_view(joined, 2 * self._REACH + 1).min(axis=1)
        smooth = np.hanning(2 * self._REACH + 3)[1:-1]
        gain = np.convolve(lowest, smooth / smooth.sum(), mode="valid")  # one for each hop's start, and the end's
        self._gains = wanted[-2 * self._REACH :]
        places = np.arange(held.shape[1], dtype=np.float64) / self.HOP
        return held * np.interp(places, np.arange(gain.size), gain).astype(np.float32)

    def _wanted(self, sound: Sound) -> Curve:
        peaks = np.abs(sound).max(axis=0).reshape(-1, self.HOP).max(axis=1)
        return np.minimum(1.0, self._ceiling / np.maximum(peaks, 1e-6)).astype(np.float32)


def warmed(sound: Sound, warmth: float) -> Sound:
    """The sum through a gently bent curve: loud parts grow round."""
    if not warmth:
        return sound
    drive = np.float32(0.35 + 1.1 * warmth)  # a mix peaks at about 1.3 here
    return np.tanh(sound * drive) / drive
