"""What a guild's player does next. A pure state machine: no clock, no task, no I/O.

    IDLE --Enqueue--> LOADING --Started--> PLAYING <--Pause / Resume--> PAUSED
      ^                  |                    |
      +---- queue ran out, after Ended or Skip, from any state ----+

`step` takes one input and the time, and returns the next session with the effects
that the shell has to carry out. Every Play carries a new `play_id`; a report that
names an older one is about audio that is gone, and is ignored.
"""

from __future__ import annotations

from enum import StrEnum
from random import Random

from attrs import evolve, field, frozen

from . import inputs as i
from .queue import EndReason, Queue
from .tracks import EntryId


class PlaybackState(StrEnum):
    IDLE = "idle"
    LOADING = "loading"
    PLAYING = "playing"
    PAUSED = "paused"


LEAVE_AFTER_S = 300.0  # of silence; what leaving means is the host's to say


@frozen
class Session:
    """All that a player knows. Idle exactly where the queue has no current entry."""

    queue: Queue = field(factory=Queue)
    state: PlaybackState = PlaybackState.IDLE
    play_id: int = 0
    loaded: bool = False  # the output holds play `play_id`; else the next Resume or link plays anew
    heard: bool = False  # that play has been started audibly
    start_at_s: float = 0.0  # where a play that is not loaded begins
    linked: bool = True  # there is a voice connection
    ahead: EntryId | None = None  # what the output was told to open ahead
    leave_at: float | None = None  # on the shell's clock; None while something plays


Step = tuple[Session, tuple[i.Effect, ...]]


def step(session: Session, given: i.Command | i.Report, now: float) -> Step:
    """The next session and what the shell must do, in that order."""
    session, effects = _decide(session, given, now)
    return _look_ahead(session, effects)


def _decide(session: Session, given: i.Command | i.Report, now: float) -> Step:
    match given:
        case i.Started() | i.Ended():
            return _hear(session, given, now)
        case i.Enqueue(entries, next_up):
            queue = session.queue.add(*entries, next_up=next_up)
            if session.state is PlaybackState.IDLE and queue.upcoming:
                return _take_up(session, queue.advance(EndReason.FINISHED), now)
            return evolve(session, queue=queue), ()
        case i.Skip(count) if session.state is not PlaybackState.IDLE and count > 0:
            return _take_up(session, _skipped(session.queue, count), now)
        case i.Back() if session.queue.history:
            return _take_up(session, session.queue.back(), now)
        case i.Pause() if session.state in (PlaybackState.LOADING, PlaybackState.PLAYING):
            paused = evolve(session, state=PlaybackState.PAUSED, leave_at=now + LEAVE_AFTER_S)
            return paused, (i.PauseOutput(),) if session.loaded and session.linked else ()
        case i.Resume():
            return _resume(session, now)
        case i.Stop() if session.state is not PlaybackState.IDLE or session.queue.upcoming:
            return _fall_idle(session, session.queue.stop(), now)
        case i.Seek(position_s):
            return _seek(session, max(0.0, position_s))
        case i.LinkLost() | i.LinkRestored():
            return _relink(session, up=isinstance(given, i.LinkRestored))
        case _:
            return evolve(session, queue=_arranged(session.queue, given)), ()


def _hear(session: Session, given: i.Report, now: float) -> Step:
    if given.play_id != session.play_id or not session.loaded:
        return session, ()  # a late report about audio that is gone
    match given:
        case i.Started():
            playing = session.state is PlaybackState.LOADING
            return evolve(session, heard=True, state=PlaybackState.PLAYING if playing else session.state), ()
        case i.Ended(_, reason):
            # Nothing was heard of it: then it is broken, or it would be looped for ever.
            reason = reason if session.heard else EndReason.FAILED
            held = session.state is PlaybackState.PAUSED
            return _take_up(session, session.queue.advance(reason), now, held=held)


def _take_up(session: Session, queue: Queue, now: float, *, held: bool = False, start_s: float = 0.0) -> Step:
    """Play the queue's current entry, or fall idle where there is none. `held`: it waits, paused, for Resume."""
    if queue.current is None:
        return _fall_idle(session, queue, now)
    waiting = evolve(session, queue=queue, loaded=False, heard=False, start_at_s=start_s, ahead=None)
    if held:
        return evolve(waiting, state=PlaybackState.PAUSED), ()
    waiting = evolve(waiting, state=PlaybackState.LOADING, leave_at=None)
    if not session.linked:
        return waiting, (i.StopOutput(),) if session.loaded else ()
    play = i.Play(session.play_id + 1, queue.current, start_s)
    return evolve(waiting, play_id=play.play_id, loaded=True), (play,)


def _fall_idle(session: Session, queue: Queue, now: float) -> Step:
    idle = Session(queue=queue, play_id=session.play_id, linked=session.linked, leave_at=now + LEAVE_AFTER_S)
    return idle, (i.StopOutput(),)


def _resume(session: Session, now: float) -> Step:
    match session.state:
        case PlaybackState.IDLE if session.queue.upcoming:
            return _take_up(session, session.queue.advance(EndReason.FINISHED), now)
        case PlaybackState.PAUSED if not session.loaded:
            return _take_up(session, session.queue, now, start_s=session.start_at_s)
        case PlaybackState.PAUSED:
            state = PlaybackState.PLAYING if session.heard else PlaybackState.LOADING
            going = evolve(session, state=state, leave_at=None)
            return going, (i.ResumeOutput(),) if session.linked else ()
        case _:
            return session, ()


def _relink(session: Session, *, up: bool) -> Step:
    """Hold the output while there is no connection; whoever paused stays paused."""
    if up == session.linked:
        return session, ()
    session = evolve(session, linked=up)
    if session.state not in (PlaybackState.LOADING, PlaybackState.PLAYING):
        return session, ()
    if session.loaded:
        return session, (i.ResumeOutput(),) if up else (i.PauseOutput(),)
    return _take_up(session, session.queue, 0.0, start_s=session.start_at_s)


def _seek(session: Session, position_s: float) -> Step:
    if session.queue.current is None:
        return session, ()
    if not session.loaded:
        return evolve(session, start_at_s=position_s), ()
    return session, (i.SeekOutput(position_s),)


def _skipped(queue: Queue, count: int) -> Queue:
    for _ in range(min(count, len(queue.upcoming) + 1)):
        queue = queue.advance(EndReason.SKIPPED)
    return queue


def _arranged(queue: Queue, given: i.Command) -> Queue:
    """The queue after a command that changes only its order or contents."""
    match given:
        case i.SetLoop(mode):
            return evolve(queue, loop=mode)
        case i.Remove(entry_id):
            return queue.remove(entry_id)
        case i.Move(entry_id, to):
            return queue.move(entry_id, to)
        case i.Shuffle(seed):
            return queue.shuffled(Random(seed))
        case i.Clear():
            return queue.clear()
        case i.Describe(track):
            return queue.describe(track)
        case _:
            return queue  # nothing to do in this state


def _look_ahead(session: Session, effects: tuple[i.Effect, ...]) -> Step:
    """Once something is heard, name the entry after it, so that it can follow without a gap."""
    if not (session.loaded and session.heard):
        return session, effects
    entry = session.queue.advance(EndReason.FINISHED).current
    ahead = entry.id if entry else None
    if ahead == session.ahead:
        return session, effects
    return evolve(session, ahead=ahead), (*effects, i.Preload(entry))
