"""What goes into a session and what comes out: commands, reports, effects. Pure data."""

from __future__ import annotations

from attrs import frozen

from .queue import EndReason, LoopMode
from .tracks import Entry, EntryId, Track


# Commands: what people ask.
@frozen
class Enqueue:
    entries: tuple[Entry, ...]
    next_up: bool = False


@frozen
class Skip:
    """Go on to the next entry, or over `count` entries at once."""

    count: int = 1


@frozen
class Back: ...


@frozen
class Pause: ...


@frozen
class Resume:
    """Go on after a pause; start the queue where it stands still; play a restored session."""


@frozen
class Stop:
    """Silence, and an empty queue. The history stays."""


@frozen
class SetLoop:
    mode: LoopMode


@frozen
class Remove:
    entry_id: EntryId


@frozen
class Move:
    """Put an upcoming entry at index `to`; 0 is next."""

    entry_id: EntryId
    to: int


@frozen
class Shuffle:
    """`seed` makes the order the same wherever the command is repeated."""

    seed: int


@frozen
class Clear: ...


@frozen
class Seek:
    position_s: float


@frozen
class Describe:
    """Title or duration became known; every entry of this track learns it."""

    track: Track


@frozen
class LinkLost:
    """The voice connection is away. What plays is held where it is."""


@frozen
class LinkRestored: ...


Command = (
    Enqueue
    | Skip
    | Back
    | Pause
    | Resume
    | Stop
    | SetLoop
    | Remove
    | Move
    | Shuffle
    | Clear
    | Seek
    | Describe
    | LinkLost
    | LinkRestored
)


# Reports: what the output saw.
@frozen
class Started:
    """Sound of this play was really sent."""

    play_id: int


@frozen
class Ended:
    play_id: int
    reason: EndReason


Report = Started | Ended


# Effects: what the shell must do.
@frozen
class Play:
    play_id: int
    entry: Entry
    start_s: float = 0.0


@frozen
class Preload:
    """`entry` comes next, unless people change their mind; None: nothing does."""

    entry: Entry | None


@frozen
class PauseOutput: ...


@frozen
class ResumeOutput: ...


@frozen
class StopOutput: ...


@frozen
class SeekOutput:
    position_s: float


Effect = Play | Preload | PauseOutput | ResumeOutput | StopOutput | SeekOutput
