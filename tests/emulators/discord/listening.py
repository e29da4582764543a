"""Hearing what arrived: packets decoded by FFmpeg and compared with the song."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from .ogg import write_ogg

RATE = 48_000
DECODE_TIMEOUT_S = 60.0
Samples = NDArray[np.float32]  # frames x 2


class Undecodable(Exception):
    """FFmpeg could not make audio of it; the message is FFmpeg's own."""


@frozen
class Match:
    """`lag_s` is how much later the heard audio has the song's beginning; SNR in dB, infinite when identical."""

    lag_s: float
    correlation: tuple[float, ...]
    snr_db: float

    @property
    def worst(self) -> float:
        return min(self.correlation)


def ffmpeg() -> str:
    """From CONDUCTR_FFMPEG, PATH or imageio-ffmpeg's wheel."""
    named = os.environ.get("CONDUCTR_FFMPEG") or shutil.which("ffmpeg")
    if named:
        return named
    from imageio_ffmpeg import get_ffmpeg_exe  # looks at the disk when imported: only where it is needed

    return get_ffmpeg_exe()


def decode(packets: Sequence[bytes]) -> Samples:
    """Opus packets as 48 kHz stereo, one row a sample. Undecodable when they are none."""
    return _decode("pipe:0", write_ogg(packets))


def decode_file(path: Path) -> Samples:
    """Any audio file as 48 kHz stereo."""
    return _decode(str(path), b"")


def _decode(source: str, data: bytes) -> Samples:
    argv = [ffmpeg(), "-v", "error", "-nostdin" if not data else "-hide_banner", "-i", source]
    argv += ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "pipe:1"]
    done = subprocess.run(argv, input=data, capture_output=True, timeout=DECODE_TIMEOUT_S, check=False)
    if done.returncode or not done.stdout:
        raise Undecodable(done.stderr.decode(errors="replace")[-400:] or "no audio came out")
    return np.frombuffer(done.stdout, dtype=np.float32).reshape(-1, 2)


def compare(heard: Samples, song: Samples, *, max_lag_s: float = 2.0, search_s: float = 10.0) -> Match:
    """How alike both are, after the lag (either way) at which their first `search_s` seconds fit best.

    A silent channel in the song correlates as 1 with silence and as 0 with anything else.
    """
    lag = _best_lag(heard[: int(search_s * RATE)], song[: int(search_s * RATE)], int(max_lag_s * RATE))
    heard, song = (heard[lag:], song) if lag >= 0 else (heard, song[-lag:])
    length = min(len(heard), len(song))
    heard, song = heard[:length], song[:length]
    channels = tuple(_correlation(heard[:, channel], song[:, channel]) for channel in range(2))
    noise = float(np.mean(np.square(heard - song, dtype=np.float64)))
    signal = float(np.mean(np.square(song, dtype=np.float64)))
    snr = float("inf") if noise == 0 else 10 * float(np.log10(max(signal, 1e-20) / noise))
    return Match(lag / RATE, channels, snr)


def loudness_dbfs(samples: Samples) -> float:
    """RMS of both channels; -inf for silence."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return 10 * float(np.log10(power)) if power else float("-inf")


def _best_lag(heard: Samples, song: Samples, most: int) -> int:
    size = 1 << (len(heard) + len(song)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard.mean(axis=1), size) * np.conj(np.fft.rfft(song.mean(axis=1), size)), size)
    around = np.concatenate([products[-most:], products[: most + 1]])
    return int(np.argmax(around)) - most


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    scale = float(np.sqrt(np.dot(one, one) * np.dot(other, other)))
    if scale == 0:
        return float(not one.any() and not other.any())
    return float(np.dot(one, other)) / scale
