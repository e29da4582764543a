"""What a sweep makes of a file and of its row: told by what is there, what is known, and for how long. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from attrs import frozen

from .records import FileState, MediaFile


@frozen
class Found:
    """A file in Media, as a listing shows it."""

    key: str
    size_bytes: int
    modified_at: datetime


class Verdict(Enum):
    KEEP = auto()
    ADOPT = auto()  # it is here and wanted: its row says so from now on
    DELETE = auto()  # nobody wants it
    LOST = auto()  # its row says ready, and it is not here
    WRONG_SIZE = auto()  # it is here, in another size than was put
    FORGET = auto()  # nothing is here, and nobody works on it any more: its row says gone


def judge(found: Found | None, row: MediaFile | None, *, named: bool, now: datetime, grace: timedelta) -> Verdict:
    """`named`: a song names it, or may. What changed or was used within `grace` is somebody's who is still at it."""
    if found is None:
        return Verdict.KEEP if row is None else _without_file(row, now - grace)
    before = now - grace
    if row is not None and row.state is FileState.READY:
        if row.size_bytes is None:
            return Verdict.ADOPT
        if not named and max(row.changed_at, row.used_at) < before:
            return Verdict.DELETE
        return Verdict.KEEP if row.size_bytes == found.size_bytes else Verdict.WRONG_SIZE
    if row is not None and row.state is FileState.LEAVING:
        return Verdict.DELETE if row.changed_at < before else Verdict.KEEP
    if named or (row is not None and row.state is FileState.MISSING):
        return Verdict.KEEP if _at_work(row, before) else Verdict.ADOPT
    return Verdict.DELETE if found.modified_at < before and not _at_work(row, before) else Verdict.KEEP


def _without_file(row: MediaFile, before: datetime) -> Verdict:
    if row.state is FileState.READY:
        return Verdict.LOST
    working = row.state in {FileState.WRITING, FileState.LEAVING}
    return Verdict.FORGET if working and row.changed_at < before else Verdict.KEEP


def _at_work(row: MediaFile | None, before: datetime) -> bool:
    return row is not None and row.state is FileState.WRITING and row.changed_at >= before
