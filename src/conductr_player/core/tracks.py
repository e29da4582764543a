"""What is played: a track, and a track's place in a queue. Pure."""

from __future__ import annotations

from typing import Final, NewType

from attrs import frozen

TrackId = NewType("TrackId", str)
EntryId = NewType("EntryId", str)
UserId = NewType("UserId", int)

FILE_WITHIN_S: Final = 600.0
"""How long a song whose stream stalls or dies is waited for: its finished file comes after two or three minutes."""


@frozen
class Track:
    """Anything playable. Where its sound lies is known to whoever opens it by `id`."""

    id: TrackId
    title: str
    duration_s: float | None = None  # None while the song is still growing
    playable: bool = True  # False while nothing of it can be heard yet: it holds its place and is overtaken


@frozen
class Entry:
    """One place in a queue. The same track may be queued twice; an entry may not."""

    id: EntryId
    track: Track
    requested_by: UserId
    resume_s: float = 0.0  # where it goes on when its turn comes again, after something was played before it
