"""What goes into a session and what comes out: commands, reports, effects. Pure data."""

from __future__ import annotations

from math import inf

from attrs import field, frozen
from attrs.validators import gt, lt

from .queue import EndReason, LoopMode
from .rules import PauseCause, Place, Rules
from .sound import Sound
from .tracks import Entry, EntryId, Track, UserId


# Commands: what people ask.
@frozen
class Enqueue:
    """Add what fits. Ids that are in the queue already are left out: a command that is repeated changes nothing.

    Where none fits it is refused: QueueFull, MemberCapReached, AlreadyQueued.
    """

    entries: tuple[Entry, ...]
    place: Place = Place.END


@frozen
class Skip:
    """Go on to the next entry, or over `count` entries at once. With `play_id`: only where that play is current."""

    count: int = 1
    play_id: int | None = None


@frozen
class Previous:
    """Back to what was heard before; the current one waits behind it. Without a history the current one restarts."""


@frozen
class Jump:
    """Go on with this entry; what is passed over is skipped. One that still renders is put in front instead."""

    entry_id: EntryId


@frozen
class Pause:
    cause: PauseCause = PauseCause.USER


@frozen
class Resume:
    """Lift one cause. A person who presses play (USER) lifts all but a connection that is away, starts a queue
    that stands still, and plays a restored session on.
    """

    cause: PauseCause = PauseCause.USER


@frozen
class Stop:
    """Silence, an empty queue, no loop. The history stays."""


@frozen
class SetLoop:
    mode: LoopMode


@frozen
class Remove:
    entry_ids: tuple[EntryId, ...]


@frozen
class RemoveRange:
    """Remove from one entry to another, both included, in either order."""

    first: EntryId
    last: EntryId


@frozen
class RemoveOf:
    member: UserId  # all that they have waiting


@frozen
class Move:
    """Put an upcoming entry before another; None: at the end."""

    entry_id: EntryId
    before: EntryId | None


@frozen
class Shuffle:
    """`seed` makes the order the same wherever the command is repeated. In a fair queue each member's own are mixed."""

    seed: int


@frozen
class Clear: ...


@frozen
class Seek:
    """Before the start is the start, beyond the end is the end. Raises ValueError for what is no number."""

    position_s: float = field(validator=[gt(-inf), lt(inf)])


@frozen
class Describe:
    """Something became known of a track (its title, its length, that it can be heard); every entry of it learns it."""

    track: Track


@frozen
class SetSound:
    sound: Sound


@frozen
class SetRules:
    """Turning `fair` on deals what waits into rounds, once."""

    rules: Rules


@frozen
class Undo:
    """Take the last Clear, Remove, Shuffle or Stop back. Raises NothingToUndo where it is older than a minute."""


@frozen
class LinkLost:
    """The voice connection is away. What plays is held where it is."""


@frozen
class LinkRestored: ...


Command = (
    Enqueue
    | Skip
    | Previous
    | Jump
    | Pause
    | Resume
    | Stop
    | SetLoop
    | Remove
    | RemoveRange
    | RemoveOf
    | Move
    | Shuffle
    | Clear
    | Seek
    | Describe
    | SetSound
    | SetRules
    | Undo
    | LinkLost
    | LinkRestored
)


# Reports: what the output saw.
@frozen
class Started:
    play_id: int  # sound of it was really sent


@frozen
class Ended:
    play_id: int
    reason: EndReason
    position_s: float | None = None  # how far into the track it came; None where that is not known


Report = Started | Ended


# Notices: what people should be told.
@frozen
class BrokenTrack:
    """An entry could not be played, tried twice, and was passed over."""

    entry: Entry
    reason: EndReason


@frozen
class GaveUp:
    """`count` entries in a row were broken. The queue stands still until somebody asks for music again."""

    count: int


Notice = BrokenTrack | GaveUp


# Effects: what the shell must do.
@frozen
class Play:
    play_id: int
    entry: Entry
    start_s: float = 0.0


@frozen
class Preload:
    entry: Entry | None  # it comes next, unless people change their mind; None: nothing does


@frozen
class PauseOutput: ...


@frozen
class ResumeOutput: ...


@frozen
class StopOutput: ...


@frozen
class SeekOutput:
    position_s: float


@frozen
class ChangeSound:
    sound: Sound


@frozen
class Tell:
    notice: Notice


Effect = Play | Preload | PauseOutput | ResumeOutput | StopOutput | SeekOutput | ChangeSound | Tell
