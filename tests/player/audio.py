"""Real audio for the tests: music made with numpy, files made and judged by FFmpeg itself."""

from __future__ import annotations

import re
import subprocess
import wave
from pathlib import Path

import numpy as np

from conductr_player.ingesting.ingest import find_ffmpeg

RATE = 48_000


def write_music(path: Path, seconds: float, *, level: float = 0.3) -> Path:
    """A chord that beats, with some hiss: never the same twice in a second, so that a shift would show."""
    time = np.arange(int(seconds * RATE)) / RATE
    rng = np.random.default_rng(7)
    chord = sum(np.sin(2 * np.pi * hertz * time + hertz) for hertz in (220.0, 277.2, 329.6, 1_245.0)) / 4
    beat = 0.4 + 0.6 * np.abs(np.sin(np.pi * 2 * time * (1 + time / 60)))
    stereo = np.stack([chord * beat, chord * beat * 0.7], axis=1) + 0.03 * rng.standard_normal((len(time), 2))
    return _write_wav(path, stereo * level)


def write_silence(path: Path, seconds: float) -> Path:
    return _write_wav(path, np.zeros((int(seconds * RATE), 2)))


def make(source: Path, target: Path, *options: str) -> Path:
    """Another format of the same, by FFmpeg."""
    argv = [find_ffmpeg(), "-v", "error", "-y", "-i", str(source), *options, str(target)]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return target


def loudness_of(path: Path) -> float:
    """LUFS, by a pass of its own."""
    argv = [find_ffmpeg(), "-nostdin", "-hide_banner", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stderr
    return float(re.findall(r"I:\s+(\S+) LUFS", said)[-1])


def samples_of(path: Path) -> np.ndarray:
    """The left and right channel mixed, at 48 kHz."""
    argv = [find_ffmpeg(), "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1", "-ar", str(RATE), "pipe:1"]
    return np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, np.float32)


def _write_wav(path: Path, stereo: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(stereo, -1, 1) * 32_767).astype("<i2").tobytes())
    return path
