"""Any audio becomes levelled, validated Opus packets, once; afterwards playing it costs next to nothing.

FFmpeg goes over the file twice, in processes of its own: measure the loudness, then apply one
constant gain and encode. What comes out is checked packet by packet before it gets its name.
"""

from __future__ import annotations

import mmap
import os
import secrets
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Final

import anyio
import anyio.to_thread
from attrs import frozen

from conductr_player.errors import DamagedAudio, SourceError
from conductr_player.packets.sources import open_packets

from . import recipes
from .ffmpeg import LIMITS, Limits, find_ffmpeg, run
from .frames import chain
from .kinds import HEAD_BYTES, MP3, WAV, Kind, counted_s, fits_wav, holds_sound, kind_of, tag_length
from .live import ingest_live
from .recipes import Loudness

__all__ = ["Ingested", "Limits", "find_ffmpeg", "ingest", "ingest_live"]

MAX_DURATION_S: Final = 900.0
SAME_S: Final = 0.1  # by which the two passes over a file may differ
TAGS: Final = 8  # one after the other in front of the music; tools that do not know of each other leave two
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
    bitrate_kbits: int = recipes.KBITS,
    ffmpeg: str | None = None,
    max_duration_s: float = MAX_DURATION_S,
    limits: Limits = LIMITS,
) -> Ingested:
    """Write `target`, Ogg Opus of 20 ms packets at -14 LUFS, from an MP3, Ogg, WAV or FLAC file.

    `target` appears complete or not at all. Raises DamagedAudio where more than 1.5 s or 2 % is
    missing (against `expected_duration_s`, what the file itself declares, and frames of an MP3 that
    must follow one another), SourceError where it is too long, takes too long, there is no room for
    it or `target` cannot be written, FFmpegMissing.
    """
    program = ffmpeg or await anyio.to_thread.run_sync(find_ffmpeg)
    part = target.with_name(f".{target.name}.part-{secrets.token_hex(4)}")
    try:
        with anyio.fail_after(limits.within_s), _opened(source) as file:
            kind, begin, counted = await anyio.to_thread.run_sync(_inspect, file)
            heard = await _measure(program, kind, file, max_duration_s, limits)
            declared_s = counted if kind is MP3 else recipes.read_duration_s(heard.said)
            check_length(heard.duration_s, expected_duration_s, declared_s, heard.said)
            if kind is MP3 and not _same(heard.duration_s, expected_duration_s, declared_s):
                await anyio.to_thread.run_sync(_check_frames, file, begin)
            argv = recipes.encode(program, kind, heard.loudness.gain_db, max_duration_s + 1, bitrate_kbits)
            with part.open("wb") as written:
                await run(argv, stdin=_from_start(file), stdout=written, limits=limits)
            packets = await open_packets(part)
            if abs(packets.duration_s - heard.duration_s) > SAME_S:
                raise SourceError(f"{packets.duration_s:.1f} s of packets from {heard.duration_s:.1f} s of sound")
            await anyio.to_thread.run_sync(_publish, part, target)
    except TimeoutError as error:
        raise SourceError(f"FFmpeg did not finish within {limits.within_s:g} s") from error
    except OSError as error:
        raise SourceError(f"{target.name} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # what cannot be removed could not be written either
            part.unlink(missing_ok=True)
    loudness = heard.loudness
    return Ingested(packets.duration_s, loudness.integrated, loudness.gain_db, len(packets))


@frozen
class _Heard:
    """What the first pass over a file came to know of it."""

    duration_s: float
    loudness: Loudness
    said: str


async def _measure(program: str, kind: Kind, file: IO[bytes], max_duration_s: float, limits: Limits) -> _Heard:
    """Raises DamagedAudio where there is no sound or only noise, SourceError where it is too long."""
    argv = recipes.measure(program, kind, max_duration_s + 1)
    said = await run(argv, stdin=_from_start(file), stdout=subprocess.DEVNULL, limits=limits)
    loudness, duration_s = recipes.read_loudness(said), recipes.read_heard_s(said)
    if loudness is None or not duration_s:
        raise DamagedAudio("there is no sound in it")
    if duration_s > max_duration_s:
        raise SourceError(f"longer than {max_duration_s:.0f} s")
    if loudness.peak > recipes.LOUDEST_PEAK_DBTP:
        raise DamagedAudio(f"it decodes to noise: a peak of {loudness.peak:+.0f} dB")
    return _Heard(duration_s, loudness, said)


def check_length(heard_s: float, expected_s: float | None, declared_s: float | None, said: str) -> None:
    """Raises DamagedAudio where too much is missing. FFmpeg itself ends well on any of it."""
    errors = recipes.count_errors(said)
    if expected_s is not None and abs(heard_s - expected_s) > _allowed(expected_s):
        raise DamagedAudio(f"{heard_s:.1f} s of sound where {expected_s:.1f} s were expected")
    if declared_s is not None and declared_s - heard_s > _allowed(declared_s):
        raise DamagedAudio(f"{heard_s:.1f} s of sound where the file declares {declared_s:.1f} s")
    if errors * LOST_AN_ERROR_S > _allowed(heard_s):
        raise DamagedAudio(f"{errors} packets of it cannot be decoded")


def _same(heard_s: float, *known_s: float | None) -> bool:
    """Whether somebody who knows how long it should be agrees with what was heard."""
    return any(each is not None and abs(heard_s - each) <= _allowed(each) for each in known_s)


def _check_frames(file: IO[bytes], begin: int) -> None:
    """Raises DamagedAudio where too much of an MP3 is neither frame nor tag. 3 ms for a song of three minutes."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = chain(data, begin)
    if found is None:
        return
    if found.has_page:
        raise DamagedAudio("an HTML page in it")
    if found.stray_s > _allowed(found.frames_s + found.stray_s):
        raise DamagedAudio(f"{found.stray_s:.1f} s of it are no sound")


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


def _inspect(file: IO[bytes]) -> tuple[Kind, int, float | None]:
    """What it is, where its tags end, and what an MP3 says of its length.

    Raises DamagedAudio where its beginning is of no kind we know.
    """
    size = os.fstat(file.fileno()).st_size
    head = file.read(HEAD_BYTES)
    kind = kind_of(head)
    if kind is WAV and not fits_wav(partial(os.pread, file.fileno()), size):
        raise DamagedAudio("the lengths in it do not fit the file")
    at = 0
    for _ in range(TAGS):
        if not (skip := tag_length(head)):
            break
        if at + skip > size:
            raise DamagedAudio("its tag is longer than the file")
        file.seek(at)
        if holds_sound(file.read(skip)):
            raise DamagedAudio("its tag claims some of the sound")
        at += skip
        head = file.read(HEAD_BYTES)
    return kind, at, counted_s(head) if kind is MP3 else None


def _publish(part: Path, target: Path) -> None:
    """Give the file its name once it is surely on disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
