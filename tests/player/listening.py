"""What a listener hears of packets, and measures of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from conductr_player import IndexedPackets
from conductr_player.packets.opus import FRAME_SAMPLES
from conductr_player.render.codec import Decoder, Encoder, Samples

from .audio import RATE, make, write_music

FRAME = FRAME_SAMPLES


@cache
def song(seconds: float = 6.0) -> tuple[bytes, ...]:
    """Music as ingest makes it: FFmpeg's libopus, not our encoder."""
    with TemporaryDirectory() as folder:
        opus = ("-c:a", "libopus", "-b:a", "128k", "-frame_duration", "20")
        file = make(write_music(Path(folder) / "song.wav", seconds), Path(folder) / "song.opus", *opus)
        found = IndexedPackets.open(file)
        return tuple(packet for index in range(len(found)) if (packet := found.packet(index)))


def heard(packets: Sequence[bytes]) -> Samples:
    return Decoder().decode(packets)


def tone(hertz: float, seconds: float, level: float = 0.3) -> Samples:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def mixed(*sounds: Samples) -> Samples:
    """All at once, each at its share of the level."""
    return (sum(sounds, np.zeros_like(sounds[0])) / np.float32(len(sounds))).astype(np.float32)


def noise(seconds: float, level: float = 0.1, seed: int = 1) -> Samples:
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal((int(seconds * RATE), 2))).astype(np.float32)


def coded(samples: Samples) -> tuple[bytes, ...]:
    return tuple(Encoder(complexity=10).encode(samples[: len(samples) // FRAME * FRAME]))


def frames(samples: Samples, first: int, last: int) -> Samples:
    return samples[first * FRAME : last * FRAME]


def decibels(samples: Samples) -> float:
    """RMS, of full scale."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def likeness_db(wanted: Samples, got: Samples) -> float:
    """Signal to error; music coded at 128 kbit/s has some 20."""
    return decibels(wanted) - decibels(wanted - got)


def lag(wanted: Samples, got: Samples, within: int = 1_500) -> int:
    """By how many samples `got` is late, by correlation."""
    length = 20_000
    scores = np.correlate(got[: length + 2 * within, 0], wanted[within : within + length, 0], mode="valid")
    return int(np.argmax(scores)) - within


def level_at(samples: Samples, hertz: float) -> float:
    """How loud a tone is in the left channel, in dB."""
    window = np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(samples[:, 0] * window)) / window.sum() * 2
    at = round(hertz * len(samples) / RATE)
    return float(20 * np.log10(spectrum[at - 2 : at + 3].max() + 1e-12))


def pitch_of(samples: Samples) -> float:
    """The loudest tone, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples[:, 0] * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


def harshness_db(samples: Samples, above: float = 6_000) -> float:
    """The loudest 5 ms of what lies above a frequency: of tones and fades nearly nothing, of a click a lot."""
    spectrum = np.fft.rfft(samples, axis=0)
    spectrum[: int(above * len(samples) / RATE)] = 0
    high = np.fft.irfft(spectrum, n=len(samples), axis=0)
    cuts = high[: len(high) // 240 * 240].reshape(-1, 240, 2)
    return float(10 * np.log10(np.square(cuts).mean(axis=(1, 2)).max() + 1e-20))
