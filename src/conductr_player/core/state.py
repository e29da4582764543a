"""What a player knows at a moment, and the few moves that everything else is made of. Pure."""

from __future__ import annotations

from enum import StrEnum

from attrs import evolve, field, frozen

from conductr_player.errors import CommandRefused

from .queue import Queue
from .rules import PauseCause, Rules
from .sound import PLAIN, Sound
from .tracks import EntryId
from .undo import Undoable


class PlaybackState(StrEnum):
    IDLE = "idle"
    WAITING = "waiting"  # all that is left still renders; the first that is ready starts
    LOADING = "loading"
    PLAYING = "playing"
    PAUSED = "paused"


SOUNDING = (PlaybackState.LOADING, PlaybackState.PLAYING)


@frozen
class Session:
    """All that a player knows. `version` rises by one with every change that people can see."""

    queue: Queue = field(factory=Queue)
    state: PlaybackState = PlaybackState.IDLE
    version: int = 0
    paused_by: frozenset[PauseCause] = frozenset()
    sound: Sound = PLAIN
    rules: Rules = field(factory=Rules)
    play_id: int = 0  # of the current entry's play: the one that sounds, or the one that is to come
    loaded: bool = False  # the output holds that play; else the next Resume or link plays it
    heard: bool = False  # it has been started audibly
    start_at_s: float = 0.0  # where the current entry stands, as far as is known
    linked: bool = True  # there is a voice connection; while there is none, OUTAGE is among `paused_by`
    retried: bool = False  # the current entry broke once, and has its second try
    broken: int = 0  # entries in a row that were passed over because they are broken
    at_rest: bool = False  # the queue stands still until somebody asks for music
    ahead: EntryId | None = None  # what the output was told to open ahead
    undo: Undoable | None = None
    leave_at: float | None = None  # on the shell's clock; None while something plays


class Stale(CommandRefused):
    """`session` is how it stands now."""

    def __init__(self, session: Session) -> None:
        super().__init__(f"the session is at version {session.version} now")
        self.session = session


def asked(session: Session) -> Session:
    """Somebody wants to hear music: their own pause is over, and so is what has stood still since a restart.

    An empty room, a muted bot and a connection that is away still hold it.
    """
    lifted = {PauseCause.USER, PauseCause.OUTAGE} if session.linked else {PauseCause.USER}
    return evolve(session, paused_by=session.paused_by - lifted, at_rest=False, broken=0)


def go_on(session: Session, queue: Queue, start_s: float | None = None) -> Session:
    """Play the queue's current entry anew, at `start_s` or where it was interrupted; without one, what is ready."""
    if queue.current is None:
        queue = queue.take_up()
    if queue.current is None:
        return evolve(session, queue=queue)
    at_s = queue.current.resume_s if start_s is None else start_s
    fresh = evolve(session, queue=evolve(queue, current=evolve(queue.current, resume_s=0.0)), retried=False)
    return again(fresh, at_s)


def again(session: Session, at_s: float) -> Session:
    """The current entry needs a new play, from `at_s` on."""
    return evolve(session, play_id=session.play_id + 1, loaded=False, heard=False, start_at_s=at_s, ahead=None)
