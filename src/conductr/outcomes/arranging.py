"""What became of what was asked of a queue's order and contents. What says `undo` may be taken back for a minute."""

from __future__ import annotations

from attrs import frozen

from conductr.views import QueueView


@frozen
class QueueShown:
    queue: QueueView
    page: int = 1


@frozen
class Shuffled:
    count: int
    by: str = ""
    undo: bool = True


@frozen
class TooFewToShuffle:
    count: int


@frozen
class Cleared:
    """The current song goes on."""

    count: int
    by: str = ""
    undo: bool = True


@frozen
class Removed:
    """`titles` are the first three."""

    titles: tuple[str, ...]
    count: int
    by: str = ""
    undo: bool = True


@frozen
class Moved:
    title: str
    place: int  # 1 is next
    by: str = ""


@frozen
class Undone:
    """The last clear, removal, shuffle or stop. `waiting` counts what waits now."""

    waiting: int
    by: str = ""
