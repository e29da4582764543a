"""A session as plain, versioned data, and back. Pure; what stores it need not read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from .errors import SnapshotError
from .queue import LoopMode, Queue
from .session import PlaybackState, Session
from .tracks import Entry, EntryId, Track, TrackId, UserId

VERSION = 1

Plain = dict[str, object]


def to_plain(session: Session, position_s: float) -> Plain:
    """What a restart needs, in types that JSON has."""
    queue = session.queue
    return {
        "version": VERSION,
        "position_s": round(position_s, 3),
        "loop": queue.loop.value,
        "current": _entry_to_plain(queue.current) if queue.current else None,
        "upcoming": [_entry_to_plain(entry) for entry in queue.upcoming],
        "history": [_entry_to_plain(entry) for entry in queue.history],
    }


def from_plain(plain: Mapping[str, object]) -> tuple[Session, float]:
    """A session that is paused or idle, and its position in seconds; Resume plays on from there.

    Raises SnapshotError for another version or anything unreadable.
    """
    if plain.get("version") != VERSION:
        raise SnapshotError(f"a snapshot of version {plain.get('version')!r}; this code reads version {VERSION}")
    try:
        current = plain["current"]
        queue = Queue(
            current=_entry_from_plain(current) if current is not None else None,
            upcoming=_entries_from_plain(plain["upcoming"]),
            history=_entries_from_plain(plain["history"]),
            loop=LoopMode(str(plain["loop"])),
        )
        position_s = float(cast("float", plain["position_s"]))
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"an unreadable snapshot: {type(error).__name__} {error}") from error
    if len({entry.id for entry in queue.entries()}) != len(queue.entries()):
        raise SnapshotError("an entry stands in two places")
    if queue.current is None:
        return Session(queue=queue), 0.0
    return Session(queue=queue, state=PlaybackState.PAUSED, start_at_s=position_s), position_s


def _entry_to_plain(entry: Entry) -> Plain:
    track = entry.track
    return {
        "id": entry.id,
        "track": {"id": track.id, "title": track.title, "duration_s": track.duration_s},
        "requested_by": entry.requested_by,
    }


def _entries_from_plain(plain: object) -> tuple[Entry, ...]:
    if not isinstance(plain, list):
        raise TypeError("entries are not a list")
    return tuple(_entry_from_plain(each) for each in cast("list[object]", plain))


def _entry_from_plain(plain: object) -> Entry:
    outer = _mapping(plain)
    track = _mapping(outer["track"])
    duration_s = track["duration_s"]
    return Entry(
        EntryId(str(outer["id"])),
        Track(
            TrackId(str(track["id"])),
            str(track["title"]),
            float(cast("float", duration_s)) if duration_s is not None else None,
        ),
        UserId(int(cast("int", outer["requested_by"]))),
    )


def _mapping(plain: object) -> Plain:
    if not isinstance(plain, dict):
        raise TypeError("an entry or track is not an object")
    return cast("Plain", plain)
