"""What became of what was asked of the player. Frozen. `by` is who did it, by name; empty where nobody is named."""

from __future__ import annotations

from attrs import frozen

from conductr.views import EntryView, QueueView


@frozen
class Queued:
    """A song was put into the queue. `place` is 0 where it plays at once, else its number in line."""

    title: str
    place: int
    by: str = ""
    twice: bool = False  # it plays or waits already, and is queued once more


@frozen
class Resumed:
    queue: QueueView
    by: str = ""


@frozen
class StillPlaying:
    """Asked to play, but it plays already."""

    queue: QueueView


@frozen
class Paused:
    queue: QueueView
    by: str = ""


@frozen
class Skipped:
    """`next_up` is what plays now; None where the queue ran out."""

    title: str
    count: int
    next_up: EntryView | None
    by: str = ""


@frozen
class JustEnded:
    """The play that was meant is over by itself, or somebody else has skipped it: nothing was done."""

    title: str | None  # what plays now


@frozen
class SkipThisToo:
    """Another has skipped within this second, and `title` has just begun: was it meant too? By `play_id`, if so."""

    title: str
    play_id: int


@frozen
class WentBack:
    """`after` is what was playing, and comes next."""

    title: str
    after: str | None
    by: str = ""


@frozen
class Restarted:
    """Nothing was heard before it, so it begins anew."""

    title: str
    by: str = ""


@frozen
class Jumped:
    """`passed` counts the entries that were passed over. `waits`: it still renders, and is next."""

    title: str
    passed: int
    by: str = ""
    waits: bool = False


@frozen
class Sought:
    title: str
    position_s: float
    duration_s: float | None
    by: str = ""


@frozen
class VolumeSet:
    percent: int
    by: str = ""


@frozen
class VolumeShown:
    percent: int


@frozen
class LoopSet:
    """`mode` is off, track or queue."""

    mode: str
    by: str = ""
    changed: bool = True


@frozen
class Stopped:
    """`cleared` counts the songs that were playing or waiting. It may be taken back for a minute."""

    cleared: int
    by: str = ""


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
class HistoryShown:
    """What was heard here, the latest first."""

    entries: tuple[EntryView, ...]
