"""What comes next in a session: loops, what is named ahead, what waits for its song, what is played now."""

from __future__ import annotations

from conductr_player import (
    Clear,
    Ended,
    Enqueue,
    EntryId,
    LoopMode,
    Pause,
    Place,
    Play,
    Remove,
    Resume,
    Session,
    SetLoop,
    Skip,
    Started,
    StopOutput,
    step,
)
from conductr_player.testing import entries

from .sessions import (
    FINISHED,
    IDLE,
    LOADING,
    PAUSED,
    WAITING,
    after,
    current,
    named_ahead,
    playing,
    plays,
    ready,
    rendering,
    waiting,
)


def test_a_looped_track_is_heard_again() -> None:
    session, effects = step(playing("a", "b", loop=LoopMode.TRACK), Ended(1, FINISHED), 0)
    assert effects == (Play(2, entries("a")[0], 0.0),)
    assert session.state is LOADING


# Ahead.
def test_the_next_entry_is_named_ahead_and_again_when_people_change_their_mind() -> None:
    session, effects = step(after(Session(), Enqueue(entries("a", "b", "c"))), Started(1), 0)
    assert named_ahead(effects) == ["b"]
    session, effects = step(session, Remove((EntryId("e1"),)), 0)
    assert named_ahead(effects) == ["c"]
    session, effects = step(session, Clear(), 0)
    assert named_ahead(effects) == [None]
    assert named_ahead(step(session, SetLoop(LoopMode.TRACK), 0)[1]) == ["a"]
    assert named_ahead(step(session, SetLoop(LoopMode.QUEUE), 0)[1]) == ["a"]


def test_what_goes_on_in_its_middle_is_not_named_ahead() -> None:
    session, _ = step(playing("a"), Enqueue(entries("x", start=5), Place.NOW), 0, position_s=61.5)
    session, effects = step(session, Started(2), 0)
    assert named_ahead(effects) == []
    assert plays(step(session, Ended(2, FINISHED), 0)[1]) == [("a", 61.5)]


# Places.
def test_what_is_to_be_played_now_interrupts() -> None:
    session, effects = step(playing("a", "b"), Enqueue(entries("x", "y", start=5), Place.NOW), 0, position_s=61.5)
    assert plays(effects) == [("x", 0.0)]
    assert waiting(session) == ["y", "a", "b"]
    assert waiting(after(playing("a", "b"), Enqueue(entries("x", start=5), Place.NEXT))) == ["x", "b"]


def test_now_is_next_where_it_still_renders() -> None:
    session, effects = step(playing("a", "b"), Enqueue(rendering("r"), Place.NOW), 0)
    assert (current(session), waiting(session), plays(effects)) == ("a", ["r", "b"], [])


def test_now_starts_an_idle_queue_and_lifts_a_persons_pause() -> None:
    assert plays(step(Session(), Enqueue(entries("x"), Place.NOW), 0)[1]) == [("x", 0.0)]
    session = after(playing("a"), Pause(), Enqueue(entries("x", start=5), Place.NOW))
    assert (session.state, current(session)) == (LOADING, "x")


def test_an_entry_that_is_added_again_changes_nothing() -> None:
    session = playing("a", "b")
    assert step(session, Enqueue(entries("a", "b")), 0) == (session, ())
    assert step(session, Enqueue(()), 0) == (session, ())


# Entries that still render.
def test_what_still_renders_is_waited_for_and_starts_by_itself() -> None:
    session, effects = step(Session(), Enqueue(rendering("r", "s")), 0)
    assert (session.state, effects) == (WAITING, ())
    session, effects = step(session, ready("s"), 0)
    assert (plays(effects), waiting(session)) == ([("s", 0.0)], ["r"])


def test_when_only_rendering_ones_are_left_it_waits() -> None:
    session, effects = step(after(playing("a"), Enqueue(rendering("r"))), Ended(1, FINISHED), 9)
    assert (session.state, effects, session.leave_at) == (WAITING, (StopOutput(),), 309)
    assert plays(step(session, Enqueue(entries("b", start=1)), 0)[1]) == [("b", 0.0)]


def test_a_skip_while_waiting_drops_the_wait_for_the_first() -> None:
    session = after(Session(), Enqueue(rendering("r", "s")), Skip())
    assert (session.state, waiting(session)) == (WAITING, ["s"])
    assert after(session, Skip()).state is IDLE
    assert step(session, Skip(play_id=0), 0) == (session, ())


def test_a_pause_while_waiting_is_kept_for_what_comes() -> None:
    session = after(Session(), Enqueue(rendering("r")), Pause(), ready("r"))
    assert (session.state, session.loaded) == (PAUSED, False)
    assert plays(step(session, Resume(), 0)[1]) == [("r", 0.0)]
