"""Oracles of files: what a row calls ready is there, whole and audible; nothing lies about that nobody knows."""

from __future__ import annotations

import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from conductr_player import find_ffmpeg

from .rows import Reading

FORGOTTEN_S = 3_600.0
STAGING = ".part"
KEYS = ("audio_key", "opus_key", "cover_key")


async def file_findings(look: Reading, folder: Path, *, at_rest: bool) -> AsyncIterator[str]:
    """A1 and A2 for a media folder. At rest, files that no row knows are findings too."""
    files = {row["key"]: row for row in await look.rows("SELECT * FROM media_files")}
    known = {key for key, row in files.items() if row["state"] not in ("gone", "missing")}
    for key, row in files.items():
        if row["state"] == "ready":
            for finding in _of_file(folder / key, key, None):
                yield f"{finding} (file, ready)"
        elif row["state"] == "missing":
            yield f"A2: {key} was ready, and is not there"
    for song in await look.rows("SELECT * FROM songs"):
        keys = [song[name] for name in KEYS if song[name]]
        known.update(keys)
        if song["state"] == "ready" and not song["audio_key"]:
            yield f"A1: song {song['id']} is ready and has no file"
        for key in keys:
            for finding in _of_file(folder / key, key, song["duration_s"]):
                yield f"{finding} (song {song['id']}, {song['state']})"
    for path in _files(folder / STAGING):
        if time.time() - path.stat().st_mtime > FORGOTTEN_S:
            yield f"A2: {path.name} has been half written for more than an hour"
    if at_rest:
        for path in _files(folder):
            if STAGING not in path.parts and path.relative_to(folder).as_posix() not in known:
                yield f"A2: no row knows the file {path.relative_to(folder)}"


def _of_file(path: Path, key: str, duration_s: float | None) -> Iterator[str]:
    if not path.is_file():
        yield f"A2: {key} is not there"
        return
    if sha256(path.read_bytes()).hexdigest() not in key:
        yield f"A1: {key} does not hold the bytes that it names"
        return
    if path.suffix in (".mp3", ".opus") and duration_s is not None:
        heard_s = _decoded_s(path, path.stat().st_mtime_ns)
        if abs(heard_s - duration_s) > max(1.5, 0.02 * duration_s):
            yield f"A1: {key} sounds for {heard_s:.1f} s, its row says {duration_s:.1f} s"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


@cache
def _decoded_s(path: Path, _changed_ns: int) -> float:
    """How long it sounds when every frame is decoded; -1 where one could not be."""
    argv = [find_ffmpeg(), "-v", "error", "-xerror", "-i", str(path), "-f", "s16le", "-ar", "8000", "-ac", "1"]
    done = subprocess.run([*argv, "pipe:1"], capture_output=True, check=False)
    return -1.0 if done.returncode or done.stderr else len(done.stdout) / 16_000
