"""The same song in other forms by FFmpeg: WAV, MP4, and the shape of its loudness; and how long a sound is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np

from suno_client.sandbox.music.ffmpeg import find_ffmpeg

_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
_PEAK_RATE = 8_000  # samples a second, enough to see how loud a sound is
PEAKS_A_SECOND = 10
_DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+\.\d+)")


def wav_command(audio: Path, target: Path) -> list[str]:
    """A WAV of 16 bits, stereo, as fast as the song's own samples come."""
    return [find_ffmpeg(), *_QUIET, "-i", str(audio), "-map", "0:a:0", "-c:a", "pcm_s16le", "-f", "wav", str(target)]


def mp4_command(audio: Path, frame: Path, target: Path) -> list[str]:
    """A still picture for as long as the song lasts: H.264 at 2 frames a second, AAC."""
    return [
        find_ffmpeg(), *_QUIET, "-loop", "1", "-framerate", "2", "-i", str(frame), "-i", str(audio),
        "-map", "0:v:0", "-map", "1:a:0", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-shortest", "-movflags", "+faststart",
        "-f", "mp4", str(target),
    ]  # fmt: skip


def mp3_command(target: Path, rate: int) -> list[str]:
    """An MP3 of stereo floats from standard input. It has no header, as the song's has none: they begin together."""
    return [
        find_ffmpeg(), *_QUIET, "-f", "f32le", "-ar", str(rate), "-ac", "2", "-i", "pipe:0",
        "-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", str(target),
    ]  # fmt: skip


def peaks(audio: Path) -> list[float]:
    """The loudest moment of each tenth of a second, as a share of the loudest of all. Blocks while FFmpeg runs."""
    argv = [find_ffmpeg(), *_QUIET, "-i", str(audio), "-f", "f32le", "-ac", "1", "-ar", str(_PEAK_RATE), "pipe:1"]
    decoded = np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, "<f4")
    hop = _PEAK_RATE // PEAKS_A_SECOND
    loudest = np.abs(np.pad(decoded, (0, -decoded.size % hop))).reshape(-1, hop).max(axis=1)
    return [round(float(peak), 5) for peak in loudest / max(float(loudest.max(initial=0.0)), 1e-9)]


def seconds_of(sound: Path) -> float | None:
    """How long a file sounds; None where FFmpeg finds no sound in it. Blocks while FFmpeg looks."""
    argv = [find_ffmpeg(), "-hide_banner", "-nostdin", "-i", str(sound)]
    said = subprocess.run(argv, check=False, capture_output=True).stderr.decode(errors="replace")
    found = _DURATION.search(said)
    if found is None or "Audio:" not in said:
        return None
    return int(found[1]) * 3_600 + int(found[2]) * 60 + float(found[3])
