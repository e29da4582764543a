"""What each command makes of a session. Pure; what the output has to do for it follows in `session`."""

from __future__ import annotations

from math import inf

from attrs import evolve

from . import inputs as i
from .admission import admitted
from .arranging import Arranging, Undoing, arranged, enqueued
from .refusals import NothingToUndo
from .rules import ENVIRONMENT, PauseCause, Place
from .state import PlaybackState, Session, asked, go_on
from .tracks import Entry, EntryId
from .undo import undoable, undone


def obey(session: Session, given: i.Command, now: float) -> Session:
    """The session that people want. Raises a CommandRefused."""
    match given:
        case i.Skip() | i.Previous() | i.Jump() | i.Seek() | i.Stop():
            return _move(session, given, now)
        case i.Pause() | i.Resume() | i.LinkLost() | i.LinkRestored():
            return _hold(session, given)
        case i.Enqueue(entries, place):
            return _enqueue(session, entries, place)
        case i.SetSound(sound):
            return evolve(session, sound=sound)
        case i.SetRules(rules):
            queue = session.queue.dealt() if rules.fair and not session.rules.fair else session.queue
            return evolve(session, queue=queue, rules=rules)
        case i.Undo():
            return _undo(session, now)
        case _:
            return _arrange(session, given, now)


def _move(session: Session, given: i.Skip | i.Previous | i.Jump | i.Seek | i.Stop, now: float) -> Session:
    queue = session.queue
    match given:
        case i.Skip():
            return go_on(asked(session), queue.skip(given.count)) if _skips(session, given) else session
        case i.Previous():
            earlier = queue.previous()
            return _seek(asked(session), 0.0) if earlier is queue else go_on(asked(session), earlier)
        case i.Jump(entry_id):
            return _jump(session, entry_id)
        case i.Seek(position_s):
            return _seek(session, position_s)
        case i.Stop():  # pragma: no branch - a closed set
            return _stop(session, now)


def _skips(session: Session, given: i.Skip) -> bool:
    if session.queue.current is None:
        return session.state is PlaybackState.WAITING and given.play_id is None and given.count > 0
    return given.count > 0 and given.play_id in (None, session.play_id)


def _jump(session: Session, entry_id: EntryId) -> Session:
    queue = session.queue
    if queue.current and queue.current.id == entry_id:
        return session
    there = queue.jump(entry_id)
    if there.current is queue.current:  # it cannot be heard yet, and is next now
        return evolve(session, queue=there)
    return go_on(asked(session), there)


def _seek(session: Session, position_s: float) -> Session:
    current = session.queue.current
    if current is None:
        return session
    end_s = inf if current.track.duration_s is None else current.track.duration_s
    return evolve(session, start_at_s=max(0.0, min(position_s, end_s)))


def _stop(session: Session, now: float) -> Session:
    queue = session.queue
    if queue.current is None and not queue.upcoming:
        return session
    undo = evolve(
        undoable(queue, queue.stop(), now),
        stopped=True,
        position_s=session.start_at_s,
        paused=PauseCause.USER in session.paused_by,
    )
    return evolve(session, queue=queue.stop(), undo=undo, at_rest=False, broken=0)


def _hold(session: Session, given: i.Pause | i.Resume | i.LinkLost | i.LinkRestored) -> Session:
    causes = session.paused_by
    match given:
        case i.Pause(cause):
            remembered = session.state is not PlaybackState.IDLE or cause in ENVIRONMENT
            return evolve(session, paused_by=causes | {cause}) if remembered else session
        case i.Resume(PauseCause.USER):
            return evolve(asked(session), paused_by=causes & _lasting(session))
        case i.Resume(cause):
            return evolve(session, paused_by=causes - ({cause} - _lasting(session)))
        case i.LinkLost():
            return evolve(session, linked=False, paused_by=causes | {PauseCause.OUTAGE})
        case i.LinkRestored():  # pragma: no branch - a closed set
            return evolve(session, linked=True, paused_by=causes - {PauseCause.OUTAGE})


def _lasting(session: Session) -> frozenset[PauseCause]:
    """What no person can lift: there is no connection to play over.

    All else gives way to a person who presses play. They may know better than we that somebody
    listens; and music that stays silent after /play reads as broken (bots.md 5.4).
    """
    return frozenset[PauseCause]() if session.linked else frozenset({PauseCause.OUTAGE})


def _enqueue(session: Session, entries: tuple[Entry, ...], place: Place) -> Session:
    queue = session.queue
    let_in = admitted(queue, entries, session.rules)
    if not let_in:
        return session
    after = enqueued(queue, let_in, place, session.rules, session.start_at_s)
    if after.current is not queue.current:
        return go_on(asked(session), after)
    begins = session.state is PlaybackState.IDLE or place is Place.NOW
    return evolve(asked(session) if begins else session, queue=after)


def _undo(session: Session, now: float) -> Session:
    change = session.undo
    if change is None or now > change.until:
        raise NothingToUndo
    queue = undone(session.queue, change, session.start_at_s)
    begun = evolve(asked(session) if session.state is PlaybackState.IDLE else session, undo=None)
    if queue.current is session.queue.current:
        return evolve(begun, queue=queue)
    paused = frozenset({PauseCause.USER} if change.paused else ())
    begun = asked(begun)
    return go_on(evolve(begun, paused_by=begun.paused_by | paused), queue, change.position_s)


def _arrange(session: Session, given: Arranging, now: float) -> Session:
    queue = arranged(session.queue, given, session.rules)
    undo = session.undo
    if isinstance(given, Undoing) and queue != session.queue:
        undo = undoable(session.queue, queue, now)
    elif isinstance(given, i.Describe) and undo is not None:
        undo = evolve(undo, before=undo.before.describe(given.track))
    return evolve(session, queue=queue, undo=undo)
