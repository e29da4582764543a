"""The songs that are played: made here, always the same; as MP3, as `ingest` makes them, and as bare packets."""

from __future__ import annotations

import resource
import struct
import subprocess
from pathlib import Path

import anyio
import numpy as np
from attrs import frozen

from conductr_player import IndexedPackets, find_ffmpeg, ingest

RATE = 48_000
SECONDS = 180.0
HERTZ = (110.0, 220.0, 277.2, 329.6, 1_245.0)


@frozen
class Song:
    """`packets`: each a little-endian u16 length and its bytes. `ingest_cpu_s`: what preparing it cost."""

    mp3: Path
    opus: Path
    packets: Path
    ingest_cpu_s: float
    seconds: float = SECONDS


def make_song(folder: Path, name: str = "song", seconds: float = SECONDS, seed: int = 1) -> Song:
    mp3, opus, packets = (folder / f"{name}.{kind}" for kind in ("mp3", "opus", "packets"))
    raw = ["-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0"]
    argv = [find_ffmpeg(), "-v", "error", *raw, "-b:a", "192k", str(mp3)]
    subprocess.run(argv, input=music(seconds, seed).tobytes(), check=True)
    before = cpu_of_all()
    anyio.run(lambda: ingest(mp3, opus))
    spent = cpu_of_all() - before
    finished = IndexedPackets.open(opus)
    found = [bytes(finished.packet(index) or b"") for index in range(len(finished))]
    packets.write_bytes(b"".join(struct.pack("<H", len(packet)) + packet for packet in found))
    return Song(mp3, opus, packets, spent, seconds)


def read_packets(path: Path) -> list[bytes]:
    """What `make_song` wrote."""
    data, at, found = path.read_bytes(), 0, list[bytes]()
    while at < len(data):
        (size,) = struct.unpack_from("<H", data, at)
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def music(seconds: float, seed: int) -> np.ndarray:
    """Chords with a beat and some noise, in stereo; interleaved 16 bit samples."""
    time_s = np.arange(int(seconds * RATE)) / RATE
    rng = np.random.default_rng(seed)
    chord = sum(np.sin(2 * np.pi * hertz * time_s + hertz * seed) for hertz in HERTZ) / len(HERTZ)
    beat = 0.3 + 0.7 * np.exp(-4 * (time_s * 2 % 1))
    left = chord * beat + 0.04 * rng.standard_normal(len(time_s))
    right = chord * np.roll(beat, RATE // 4) + 0.04 * rng.standard_normal(len(time_s))
    return (np.clip(np.stack([left, right], 1) * 0.5, -1, 1) * 32_767).astype("<i2")


def cpu_of_all() -> float:
    """User and system seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
