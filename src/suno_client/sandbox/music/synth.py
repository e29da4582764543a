"""What every instrument is made of: oscillators, envelopes, noise, filters. Pure functions on float32 arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 48_000  # samples a second, as Opus and so the players want it
ROW_S = 0.01  # seconds between two spectra of an evolving tone
_CONTROL = 96  # samples between two points of a slow curve
_CHUNK = 8_192  # samples
_TAU = np.float32(2 * np.pi)

Samples = NDArray[np.floating[Any]]
Sound = Samples  # (samples,) mono or (2, samples) stereo; 1.0 is full scale; float32 wherever it is long
Curve = Samples


def samples(seconds: float) -> int:
    return max(1, round(seconds * RATE))


def hertz(pitch: float) -> float:
    """Frequency of a MIDI pitch; 69 is 440 Hz."""
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)


def times(count: int) -> Curve:
    return np.arange(count, dtype=np.float32) / np.float32(RATE)


def cycles(freq: float | NDArray[np.float64], count: int, start: float = 0.0) -> NDArray[np.float64]:
    """The phase in cycles, for a steady frequency or one a sample, in hertz."""
    if isinstance(freq, float | int):
        return start + np.arange(count, dtype=np.float64) * (freq / RATE)
    return start + np.cumsum(freq[:count]) / RATE


def wrapped(phase: NDArray[np.float64]) -> Curve:
    return (phase - np.floor(phase)).astype(np.float32)


def sine(phase: NDArray[np.float64]) -> Sound:
    return np.sin(_TAU * wrapped(phase))


def fm(phase: NDArray[np.float64], ratio: float, index: Curve | float) -> Sound:
    """A sine whose phase another sine moves, `ratio` times as fast, by `index` radians."""
    return np.sin(_TAU * wrapped(phase) + index * sine(phase * ratio))


def vibrato(
    freq: float, count: int, *, rate_hz: float = 5.4, cents: float = 14.0, delay_s: float = 0.25, start: float = 0.0
) -> NDArray[np.float64]:
    """A frequency curve that begins to swing after `delay_s`."""
    t = np.arange(0, count + _CONTROL, _CONTROL) / RATE
    depth = np.clip((t - delay_s) / 0.35, 0.0, 1.0) * cents
    swing = freq * 2.0 ** (depth * np.sin(2 * np.pi * (rate_hz * t + start)) / 1200.0)
    return np.interp(np.arange(count) / _CONTROL, np.arange(t.size), swing)


def adsr(hold_s: float, *, attack: float, decay: float, sustain: float, release: float) -> Curve:
    """An envelope from 0 over 1 to 0: a held part of `hold_s`, then a release to silence. Times in seconds."""
    count = samples(hold_s + release * 5)
    t = times(count)
    rise = np.minimum(1.0, t / max(attack, 0.001))
    fall = sustain + (1.0 - sustain) * np.exp(-np.maximum(0.0, t - attack) / max(decay, 0.001))
    gone = np.exp(-np.maximum(0.0, t - hold_s) / max(release, 0.004))
    return ended((rise * rise * (3.0 - 2.0 * rise) * fall * gone).astype(np.float32))


def ended(sound: Sound, seconds: float = 0.006) -> Sound:
    """The sound with its last moment faded out, so that it ends without a click."""
    count = min(sound.shape[-1], samples(seconds))
    sound[..., -count:] *= np.linspace(1.0, 0.0, count, dtype=np.float32)
    return sound


def partials(freq: float, limit_hz: float = 16_000.0, most: int = 120) -> Curve:
    """The numbers of the harmonics below `limit_hz`."""
    return np.arange(1, max(2, min(most, int(limit_hz / freq)) + 1), dtype=np.float32)


class Tone:
    """A harmonic tone whose spectrum changes in time: rows of one-cycle tables, read at any pitch.

    `amplitudes` is (rows, partials), a row every `row_s` seconds.
    """

    def __init__(self, amplitudes: NDArray[np.float32], phases: Curve | None = None, row_s: float = ROW_S) -> None:
        rows, count = amplitudes.shape
        self._size = 1 << int(np.ceil(np.log2(max(64, count * 6))))
        turned = np.exp(1j * (np.zeros(count) if phases is None else phases) - 0.5j * np.pi).astype(np.complex64)
        spectrum = np.zeros((rows + 1, self._size // 2 + 1), np.complex64)
        spectrum[:-1, 1 : count + 1] = amplitudes * turned
        spectrum[-1] = spectrum[-2]
        cycle = np.fft.irfft(spectrum, self._size, axis=1).astype(np.float32) * np.float32(self._size / 2)
        self._tables = np.concatenate([cycle, cycle[:, :1]], axis=1)
        self._rows, self._row_s = rows, row_s

    def read(self, phase: NDArray[np.float64]) -> Sound:
        """The tone at these phases in cycles, one a sample."""
        out = np.empty(phase.size, np.float32)
        for start in range(0, phase.size, _CHUNK):  # pieces that stay in the processor's cache
            out[start : start + _CHUNK] = self._read(phase[start : start + _CHUNK], start)
        return out

    def _read(self, phase: NDArray[np.float64], start: int) -> Sound:
        place = wrapped(phase) * np.float32(self._size)
        column = place.astype(np.intp)
        np.minimum(column, self._size - 1, out=column)
        place -= column.astype(np.float32)
        flat = self._tables.ravel()
        if self._rows == 1:
            now = flat[column]
            return now + place * (flat[column + 1] - now)
        row = np.arange(start, start + phase.size, dtype=np.float32)
        row *= np.float32(1.0 / (self._row_s * RATE))
        np.minimum(row, self._rows - 1, out=row)
        whole = row.astype(np.intp)
        row -= whole.astype(np.float32)
        whole *= self._size + 1
        column += whole
        now = flat[column]
        now += place * (flat[column + 1] - now)
        column += self._size + 1
        later = flat[column]
        later += place * (flat[column + 1] - later)
        later -= now
        later *= row
        return now + later


def rows_for(count: int, row_s: float = ROW_S) -> Curve:
    """The times in seconds of the rows that `count` samples need."""
    return np.arange(int(np.ceil(count / (row_s * RATE))) + 1, dtype=np.float32) * np.float32(row_s)


def lowpass(
    harmonics: Curve, freq: float, cutoff_hz: Curve | float, *, slope: float = 2.0, peak: float = 0.0
) -> NDArray[np.float32]:
    """The gain of a resonant low-pass for each harmonic, a row for each cutoff. `slope` 2 is 12 dB an octave."""
    cutoff = np.atleast_1d(np.asarray(cutoff_hz, np.float32))[:, None]
    ratio = harmonics[None, :] * np.float32(freq) / cutoff
    gain = 1.0 / np.sqrt(1.0 + ratio ** (2 * slope))
    if peak:
        gain = gain * (1.0 + peak * np.exp(-((np.log2(ratio) * 2.2) ** 2)))
    return gain.astype(np.float32)


def filtered(sound: Sound, gain: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Sound:
    """The sound through a filter without phase, given as gain over hertz."""
    count = sound.shape[-1]
    size = fast_size(count + 2_048)
    freqs = np.fft.rfftfreq(size, 1.0 / RATE)
    return np.fft.irfft(np.fft.rfft(sound, size) * gain(freqs.astype(np.float64)).astype(np.float32), size)[
        ..., :count
    ].astype(np.float32)


def band(low_hz: float, high_hz: float, *, steep: float = 2.0) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A gain curve that keeps what lies between two frequencies; `steep` 1 is 6 dB an octave."""

    def gain(freqs: NDArray[np.float64]) -> NDArray[np.float64]:
        hz = np.maximum(freqs, 1.0)
        return 1.0 / np.sqrt((1.0 + (low_hz / hz) ** (2 * steep)) * (1.0 + (hz / high_hz) ** (2 * steep)))

    return gain


@lru_cache(maxsize=512)
def fast_size(count: int) -> int:
    """The next length that the Fourier transform likes."""
    best = 1 << (count - 1).bit_length()
    for odd in (3, 5, 9, 15):
        size = odd
        while size < count:
            size *= 2
        best = min(best, size)
    return best


def noise(count: int, seed: int) -> Sound:
    return np.random.default_rng(seed).standard_normal(count, dtype=np.float32)


def spread(left: Sound, right: Sound) -> Sound:
    return np.stack([left, right])
