"""A copy of a SQLite database while it is in use, whole and checked. PostgreSQL has programs of its own for that."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import anyio
import anyio.to_thread
from attrs import frozen

from . import disk
from .engine import address, in_file, place_of
from .errors import BackupRefused
from .integrity import troubles_in

STEP_PAGES = 4_096  # 16 MB at a time; between two, others may write
PAUSE_S = 0.005
OTHERS_WAIT_S = 5.0


@frozen
class BackedUp:
    path: Path
    size_bytes: int


class _Restarted(Exception):
    """Somebody wrote meanwhile, so that the copy began anew."""


async def back_up(url: str, target: Path) -> BackedUp:
    """Copy the SQLite database at `url` to the file `target`, or into the folder `target` under the time's name.

    It is there whole and checked, readable by its owner only, or not at all; nothing is overwritten. Others may use
    the database meanwhile. Cancelled, it stops soon. Raises BackupRefused and StoreUnavailable.
    """
    parsed = address(url)
    place = place_of(parsed)
    if parsed.get_backend_name() != "sqlite":
        raise BackupRefused(place, "it is no file that could be copied", POSTGRES_WAY)
    source = Path(parsed.database or "")
    if not in_file(parsed) or not await anyio.Path(source).is_file():
        raise BackupRefused(place, "there is no file", "Look at CONDUCTR_DATABASE_URL and CONDUCTR_DATA_DIR.")
    stop = threading.Event()
    try:
        return await anyio.to_thread.run_sync(_copy, source, target, place, stop, abandon_on_cancel=True)
    finally:
        stop.set()


POSTGRES_WAY = "Use PostgreSQL's own: pg_dump --format=custom --file=FILE, and pg_restore to bring it back."


def _copy(source: Path, target: Path, place: str, stop: threading.Event) -> BackedUp:
    target = target.absolute()
    try:
        if target.is_dir():
            target /= f"{source.stem}-{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}.db"
        if target.exists():
            raise BackupRefused(place, f"{target} is there already", "Name another file, or a folder.")
        part = target.with_name(f".{target.name}.{uuid4().hex}.part")
        part.touch(mode=0o600, exist_ok=False)
        try:
            _fill(part, source, stop)
            _check(part, place)
            disk.settle(part, target, target.parent)
        finally:
            for left in (part, part.with_name(f"{part.name}-journal")):
                disk.remove(left)
    except sqlite3.Error as error:
        raise BackupRefused(place, f"it could not be copied ({error})", "See that the disk has room.") from error
    except OSError as error:
        raise BackupRefused(place, f"{target}: {error.strerror}", "Name a file that this user may write.") from error
    return BackedUp(target, target.stat().st_size)


def _fill(part: Path, source: Path, stop: threading.Event) -> None:
    """Step by step, so that nobody waits for it; in one go, where others write so often that it never got done."""
    left = 0

    def looked(_status: int, remaining: int, _total: int) -> None:
        nonlocal left
        if stop.is_set():
            raise InterruptedError
        if left and remaining >= left:
            raise _Restarted
        left = remaining

    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=OTHERS_WAIT_S)) as reader,
        closing(sqlite3.connect(part, timeout=OTHERS_WAIT_S)) as writer,
    ):
        try:
            reader.backup(writer, pages=STEP_PAGES, sleep=PAUSE_S, progress=looked)
        except _Restarted:
            reader.backup(writer, pages=-1)
        writer.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the source writes its journal as


def _check(part: Path, place: str) -> None:
    with closing(sqlite3.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        found = troubles_in(copy)
    if found:
        raise BackupRefused(place, f"the copy is not whole ({found[0]})", "The database itself may be damaged.")
