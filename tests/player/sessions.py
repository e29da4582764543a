"""Sessions as the tests of the state machine begin with them, and what is read from them."""

from __future__ import annotations

from conductr_player import (
    Describe,
    Ended,
    EndReason,
    Enqueue,
    Entry,
    EntryId,
    LoopMode,
    PauseCause,
    Play,
    PlaybackState,
    Preload,
    Queue,
    Session,
    Started,
    Track,
    TrackId,
    UserId,
    step,
)
from conductr_player.core.inputs import Command, Effect, Report
from conductr_player.testing import entries

FINISHED, LOAD_FAILED = EndReason.FINISHED, EndReason.LOAD_FAILED
IDLE, WAITING, PAUSED = PlaybackState.IDLE, PlaybackState.WAITING, PlaybackState.PAUSED
LOADING, PLAYING = PlaybackState.LOADING, PlaybackState.PLAYING
BY_USER, EMPTY, MUTED, OUTAGE = PauseCause


def after(session: Session, *given: Command | Report) -> Session:
    for each in given:
        session, _ = step(session, each, 0)
    return session


def playing(*track_ids: str, loop: LoopMode = LoopMode.OFF) -> Session:
    session = after(Session(queue=Queue(loop=loop)), Enqueue(entries(*track_ids)))
    return after(session, Started(session.play_id))


def rendering(*track_ids: str, start: int = 10) -> tuple[Entry, ...]:
    return tuple(
        Entry(EntryId(f"e{start + number}"), Track(TrackId(each), each, playable=False), UserId(1))
        for number, each in enumerate(track_ids)
    )


def ready(track_id: str) -> Describe:
    return Describe(Track(TrackId(track_id), track_id, 60.0))


def plays(effects: tuple[Effect, ...]) -> list[tuple[str, float]]:
    return [(effect.entry.track.id, effect.start_s) for effect in effects if isinstance(effect, Play)]


def named_ahead(effects: tuple[Effect, ...]) -> list[str | None]:
    return [effect.entry.track.id if effect.entry else None for effect in effects if isinstance(effect, Preload)]


def current(session: Session) -> str | None:
    return session.queue.current.track.id if session.queue.current else None


def waiting(session: Session) -> list[str]:
    return [entry.track.id for entry in session.queue.upcoming]


def broken(session: Session) -> tuple[Session, tuple[Effect, ...]]:
    """The current entry breaks, and breaks again."""
    session, _ = step(session, Ended(session.play_id, LOAD_FAILED), 0)
    return step(session, Ended(session.play_id, LOAD_FAILED), 0)
