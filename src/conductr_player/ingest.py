"""Any audio becomes levelled, validated Opus packets, once; afterwards playing it costs next to nothing.

FFmpeg goes over the file twice, in processes of its own: measure the loudness, then apply one
constant gain and encode. What comes out is checked packet by packet before it gets its name.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path
from typing import IO, Final

import anyio
import anyio.to_thread
from attrs import frozen

from . import recipes
from .errors import DamagedAudio, SourceError
from .ffmpeg import find_ffmpeg, run
from .kinds import HEAD_BYTES, MP3, Kind, Mp3Length, kind_of, mp3_length, tag_length
from .live import ingest_live
from .sources import open_packets

__all__ = ["Ingested", "find_ffmpeg", "ingest", "ingest_live"]

MAX_DURATION_S: Final = 900.0
WITHIN_S: Final = 180.0  # for one file, all passes
LOST_AN_ERROR_S: Final = 0.05  # an MP3 frame of 26 ms, and the one that leans on it


@frozen
class Ingested:
    """`loudness_lufs` is the source's, before the gain; the result's is the two added."""

    duration_s: float
    loudness_lufs: float
    gain_db: float
    packet_count: int


async def ingest(
    source: Path,
    target: Path,
    *,
    expected_duration_s: float | None = None,
    ffmpeg: str | None = None,
    max_duration_s: float = MAX_DURATION_S,
) -> Ingested:
    """Write `target`, Ogg Opus of 20 ms packets at -14 LUFS, from an MP3, Ogg, WAV or FLAC file.

    `target` appears complete or not at all. Raises DamagedAudio where more than 1.5 s or 2 % is
    missing (against `expected_duration_s` and what the file itself declares), SourceError where it
    is too long or takes too long, FFmpegMissing.
    """
    program = ffmpeg or await anyio.to_thread.run_sync(find_ffmpeg)
    part = target.with_name(f".{target.name}.part-{secrets.token_hex(4)}")
    try:
        with anyio.fail_after(WITHIN_S):
            with _opened(source) as file:
                kind, length = await anyio.to_thread.run_sync(_inspect, file)
                longest_s = max_duration_s + 1
                said = await run(
                    recipes.measure(program, kind, longest_s), stdin=_from_start(file), stdout=subprocess.DEVNULL
                )
                loudness = recipes.read_loudness(said)
                if loudness is None:
                    raise DamagedAudio("there is no sound in it")
                if loudness.peak > recipes.LOUDEST_PEAK_DBTP:
                    raise DamagedAudio(f"it decodes to noise: a peak of {loudness.peak:+.0f} dB")
                with part.open("wb") as written:
                    argv = recipes.encode(program, kind, loudness.gain_db, longest_s)
                    await run(argv, stdin=_from_start(file), stdout=written)
            packets = await open_packets(part)
            if packets.duration_s > max_duration_s:
                raise SourceError(f"longer than {max_duration_s:.0f} s")
            declared_s = length.counted_s if kind is MP3 else recipes.read_duration_s(said)
            check_length(packets.duration_s, expected_duration_s, declared_s, length.by_size_s, said)
            await anyio.to_thread.run_sync(_publish, part, target)
    except TimeoutError as error:
        raise SourceError(f"FFmpeg did not finish within {WITHIN_S:.0f} s") from error
    finally:
        part.unlink(missing_ok=True)
    return Ingested(packets.duration_s, loudness.integrated, loudness.gain_db, len(packets))


def check_length(
    heard_s: float, expected_s: float | None, declared_s: float | None, by_size_s: float | None, said: str
) -> None:
    """Raises DamagedAudio where too much is missing. FFmpeg itself ends well on any of it."""
    if heard_s == 0:
        raise DamagedAudio("there is no sound in it")
    errors = recipes.count_errors(said)
    if expected_s is not None and abs(heard_s - expected_s) > _allowed(expected_s):
        raise DamagedAudio(f"{heard_s:.1f} s of sound where {expected_s:.1f} s were expected")
    if declared_s is not None and declared_s - heard_s > _allowed(declared_s):
        raise DamagedAudio(f"{heard_s:.1f} s of sound where the file declares {declared_s:.1f} s")
    if errors * LOST_AN_ERROR_S > _allowed(heard_s):
        raise DamagedAudio(f"{errors} packets of it cannot be decoded")
    # Size tells little where the bit rate varies; together with an error it tells enough.
    guess_s = by_size_s if errors and declared_s is None and expected_s is None else None
    if guess_s is not None and guess_s - heard_s > _allowed(guess_s):
        raise DamagedAudio(f"{heard_s:.1f} s of sound where its size makes {guess_s:.1f} s, and errors in it")


def _allowed(seconds: float) -> float:
    return max(1.5, seconds * 0.02)


def _opened(source: Path) -> IO[bytes]:
    try:
        return source.open("rb")
    except OSError as error:
        raise SourceError(f"{source.name} cannot be opened: {error.strerror}") from error


def _from_start(file: IO[bytes]) -> IO[bytes]:
    """For a child process, which reads from where the descriptor stands."""
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    return file


def _inspect(file: IO[bytes]) -> tuple[Kind, Mp3Length]:
    head = file.read(HEAD_BYTES)
    kind = kind_of(head)
    skip = tag_length(head)
    file.seek(skip)
    size = os.fstat(file.fileno()).st_size - skip
    return kind, mp3_length(file.read(HEAD_BYTES), size) if kind is MP3 else Mp3Length(None, None)


def _publish(part: Path, target: Path) -> None:
    """Give the file its name once it is surely on disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
