"""Files: what the store knows of each one in Media, so that none is lost, and none is kept for nobody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from .moments import now, utc


class FileKind(StrEnum):
    AUDIO = "audio"  # a song as its provider gave it
    PACKETS = "packets"  # the same, levelled and ready to be sent; can be made again of its audio
    COVER = "cover"
    OTHER = "other"


class FileState(StrEnum):
    """Only READY promises that the file is there and whole."""

    WRITING = "writing"  # somebody is about to put it
    READY = "ready"
    LEAVING = "leaving"  # somebody is about to delete it; nobody may put it until that is done
    GONE = "gone"  # deleted on purpose
    MISSING = "missing"  # it should be there, and a sweep did not find it


@frozen(kw_only=True)
class MediaFile:
    """One file. `used_at` is when it was last played, or kept; `size_bytes` is None until somebody has measured it.

    `refetchable` says that it can be had again: downloaded, or made of another file. Only such are ever evicted.
    """

    key: str
    kind: FileKind = field(default=FileKind.OTHER, converter=FileKind)
    state: FileState = field(default=FileState.WRITING, converter=FileState)
    size_bytes: int | None = None
    refetchable: bool = False
    created_at: datetime = field(factory=now, converter=utc)
    changed_at: datetime = field(factory=now, converter=utc)
    used_at: datetime = field(factory=now, converter=utc)


@frozen
class FilesTotal:
    """How many files of one kind are in one state, and how much room those take that have been measured."""

    kind: FileKind
    state: FileState
    files: int
    size_bytes: int
