"""What is played: a track, and a track's place in a queue. Pure."""

from __future__ import annotations

from typing import NewType

from attrs import frozen

TrackId = NewType("TrackId", str)
EntryId = NewType("EntryId", str)
UserId = NewType("UserId", int)


@frozen
class Track:
    """Anything playable. Where its sound lies is known to whoever opens it by `id`."""

    id: TrackId
    title: str
    duration_s: float | None = None  # None while the song is still growing


@frozen
class Entry:
    """One place in a queue. The same track may be queued twice; an entry may not."""

    id: EntryId
    track: Track
    requested_by: UserId
