"""What a use case did, for `replies` to put into words. Frozen; a closed set."""

from __future__ import annotations

from attrs import frozen

from .views import EntryView, GenerationView, PageView, QueueView


@frozen
class Composing:
    """A generation as it stands: told at once and again at each change."""

    generation: GenerationView


@frozen
class Queued:
    """A song was put into the queue. `place` is 0 where it plays at once, else its number in line."""

    title: str
    place: int


@frozen
class Resumed:
    queue: QueueView


@frozen
class StillPlaying:
    """Asked to play, but it plays already."""

    queue: QueueView


@frozen
class Paused:
    queue: QueueView


@frozen
class Skipped:
    """`next_up` is what plays now; None where the queue ran out."""

    title: str
    count: int
    next_up: EntryView | None


@frozen
class Stopped:
    """`cleared` counts the songs that were playing or waiting."""

    cleared: int


@frozen
class Joined:
    channel_name: str
    waiting: int  # songs in the queue


@frozen
class Left:
    channel_name: str
    waiting: int


@frozen
class NowPlaying:
    queue: QueueView


@frozen
class QueueShown:
    queue: QueueView
    page: int = 1


@frozen
class LibraryShown:
    page: PageView


Outcome = (
    Composing
    | Queued
    | Resumed
    | StillPlaying
    | Paused
    | Skipped
    | Stopped
    | Joined
    | Left
    | NowPlaying
    | QueueShown
    | LibraryShown
)
