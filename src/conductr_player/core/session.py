"""What a guild's player does next. A pure state machine: no clock, no task, no I/O.

    IDLE --Enqueue--> LOADING --Started--> PLAYING <--Pause / Resume, LinkLost / LinkRestored--> PAUSED
      ^                  |                    |
      +---- nothing left, after Ended or Skip, from any state; WAITING where what is left still renders

`step` takes one input and the time, and returns the next session with the effects that the shell
has to carry out. First it is decided what ought to be; the effects then follow from what differs
(`_carry`). Every Play carries a new `play_id`; a report that names an older one is about audio
that is gone, and is ignored.
"""

from __future__ import annotations

from math import isfinite

from attrs import evolve

from . import inputs as i
from .commands import obey
from .queue import EndReason
from .rules import ENVIRONMENT, PauseCause
from .state import SOUNDING, PlaybackState, Session, Stale, again, go_on

__all__ = ["GIVE_UP_AFTER", "LEAVE_AFTER_S", "PlaybackState", "Session", "Stale", "Step", "step"]

LEAVE_AFTER_S = 300.0  # of silence; what leaving means is the host's to say
GIVE_UP_AFTER = 3  # broken entries in a row
GONE_ON_S = 5.0  # of a track, after which its second try has helped

Step = tuple[Session, tuple[i.Effect, ...]]


def step(
    session: Session,
    given: i.Command | i.Report,
    now: float,
    *,
    expected: int | None = None,
    position_s: float | None = None,
) -> Step:
    """The next session and what the shell must do, in that order. `position_s`: where the loaded play stands.

    Raises Stale where `expected` is not the session's version, or another CommandRefused; nothing
    is changed then.
    """
    if expected is not None and expected != session.version:
        raise Stale(session)
    placed = session
    match given:
        case i.Started() | i.Ended():
            wanted, told = _hear(session, given, now)
        case _:
            if position_s is not None and session.loaded:
                placed = evolve(_mended(session, position_s), start_at_s=position_s)
            wanted, told = obey(placed, given, now), ()
    after, effects = _carry(placed, _settled(wanted), given)
    after, ahead = _look_ahead(after)
    effects = (*told, *effects, *ahead)
    if after == placed and not effects:
        return session, ()
    return _counted(session, after, given, now), effects


def _hear(session: Session, given: i.Report, now: float) -> Step:
    """What a report changes, and what people should be told of it."""
    if given.play_id != session.play_id or not session.loaded:
        return session, ()  # a late report about audio that is gone
    if isinstance(given, i.Started):
        return evolve(session, heard=True), ()
    at_s = session.start_at_s if given.position_s is None or not isfinite(given.position_s) else given.position_s
    match given.reason:
        case EndReason.FINISHED if session.heard or (session.start_at_s > 0 and not session.retried):
            # Unheard, it was begun at its very end; else there is nothing in it, and it would be looped for ever.
            return go_on(evolve(session, broken=0), session.queue.advance(given.reason)), ()
        case EndReason.FINISHED | EndReason.LOAD_FAILED | EndReason.STALLED:
            return _break(_mended(session, at_s), given.reason, max(0.0, at_s))
        case EndReason.DRY:
            overtaken = session.queue.overtaken(max(0.0, at_s))
            waits = overtaken is session.queue or bool(session.paused_by)
            return session if waits else go_on(session, overtaken), ()
        case EndReason.SKIPPED:
            return go_on(session, session.queue.advance(given.reason)), ()
        case EndReason.STOPPED:
            return obey(session, i.Stop(), now), ()
        case EndReason.REPLACED | EndReason.CONNECTION_LOST | EndReason.SHUTDOWN:  # pragma: no branch - a closed set
            # Somebody took the output away, or the connection is gone: nothing is wrong with the entry.
            linked = session.linked and given.reason is not EndReason.CONNECTION_LOST
            held = evolve(session, linked=linked, paused_by=session.paused_by | {PauseCause.OUTAGE})
            return again(held, max(0.0, at_s)), ()


def _mended(session: Session, at_s: float) -> Session:
    """A second try that was heard for a while is over: what breaks next is something else, and has its own."""
    mended = session.retried and session.heard and at_s > session.start_at_s + GONE_ON_S
    return evolve(session, retried=False) if mended else session


def _break(session: Session, reason: EndReason, at_s: float) -> Step:
    """One more try where it broke; then it is passed over. After a few in a row the queue comes to rest."""
    entry = session.queue.current
    if entry is None or not session.retried:
        return evolve(again(session, at_s), retried=True), ()
    reason = EndReason.LOAD_FAILED if reason is EndReason.FINISHED else reason
    passed = evolve(session, queue=session.queue.leave(reason), broken=session.broken + 1)
    notice = i.Tell(i.BrokenTrack(entry, reason))
    if passed.broken < GIVE_UP_AFTER:
        return passed, (notice,)
    return evolve(passed, broken=0, at_rest=True), (notice, i.Tell(i.GaveUp(passed.broken)))


def _settled(session: Session) -> Session:
    """Never dead air: where nothing is current, what can be heard is taken up."""
    if session.queue.current or session.at_rest or not session.linked:
        return session
    return go_on(session, session.queue)


def _carry(before: Session, wanted: Session, given: i.Command | i.Report) -> Step:
    """What the output must do so that it is as wanted, and the state that this leads to."""
    changed = (i.ChangeSound(wanted.sound),) if wanted.sound != before.sound else ()
    after, effects = _play(before, wanted, given) if wanted.queue.current else _fall_silent(before, wanted)
    return after, (*changed, *effects)


def _play(before: Session, wanted: Session, given: i.Command | i.Report) -> Step:
    current, held = wanted.queue.current, bool(wanted.paused_by)
    state = PlaybackState.PLAYING if wanted.heard else PlaybackState.LOADING
    after = evolve(wanted, state=PlaybackState.PAUSED if held else state)
    if wanted.loaded:  # the same play as before
        moved = (i.SeekOutput(wanted.start_at_s),) if isinstance(given, i.Seek | i.Previous) else ()
        if held == bool(before.paused_by):
            return after, moved
        return after, (*moved, i.PauseOutput() if held else i.ResumeOutput())
    if held or current is None:
        # An output whose play has ended is silent by itself, and may have begun what was preloaded.
        return after, (i.StopOutput(),) if before.loaded and not isinstance(given, i.Ended) else ()
    return evolve(after, loaded=True), (i.Play(wanted.play_id, current, wanted.start_at_s),)


def _fall_silent(before: Session, wanted: Session) -> Step:
    waits = bool(wanted.queue.upcoming) and wanted.queue.ready is None and not wanted.at_rest
    silent = evolve(
        wanted,
        state=PlaybackState.WAITING if waits else PlaybackState.IDLE,
        paused_by=wanted.paused_by if waits else wanted.paused_by & ENVIRONMENT,
        loaded=False,
        heard=False,
        start_at_s=0.0,
        retried=False,
        ahead=None,
    )
    return silent, (i.StopOutput(),) if before.queue.current else ()


def _look_ahead(session: Session) -> Step:
    """Once something is heard, name the entry after it, so that it can follow without a gap.

    One that goes on in its middle is not named: what is opened ahead begins at its start.
    """
    if not (session.loaded and session.heard):
        return session, ()
    entry = session.queue.following
    if entry is not None and entry.resume_s > 0:
        entry = None
    ahead = entry.id if entry else None
    if ahead == session.ahead:
        return session, ()
    return evolve(session, ahead=ahead), (i.Preload(entry),)


def _counted(before: Session, after: Session, given: i.Command | i.Report, now: float) -> Session:
    """With the next version, if people can see a change; and with the time since when it is silent."""
    seen = _visible(before) != _visible(after) or isinstance(given, i.Seek | i.Previous)
    leave_at = before.leave_at if before.state not in SOUNDING else now + LEAVE_AFTER_S
    return evolve(after, version=before.version + seen, leave_at=None if after.state in SOUNDING else leave_at)


def _visible(session: Session) -> tuple[object, ...]:
    return session.queue, session.state, session.paused_by, session.sound, session.rules, session.play_id
