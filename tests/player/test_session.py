"""What one end of a track makes of a session: late ends, breakage, overtaking. Random walks are in test_machine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player import (
    BrokenTrack,
    Ended,
    EndReason,
    Enqueue,
    GaveUp,
    LinkLost,
    LinkRestored,
    LoopMode,
    Pause,
    Play,
    Queue,
    Resume,
    Seek,
    Session,
    SetSound,
    Skip,
    Sound,
    Started,
    StopOutput,
    Tell,
    step,
)
from conductr_player.testing import entries

from .sessions import (
    FINISHED,
    IDLE,
    LOAD_FAILED,
    LOADING,
    OUTAGE,
    PAUSED,
    after,
    broken,
    current,
    playing,
    plays,
    ready,
    waiting,
)


# Ends.
def test_a_skip_and_the_late_end_of_the_same_track_do_not_skip_twice() -> None:
    session = playing("a", "b", "c")
    old = session.play_id
    session = after(session, Skip())
    assert step(session, Ended(old, FINISHED), 0) == (session, ())


def test_the_end_of_a_play_that_is_over_changes_nothing() -> None:
    for over in (after(playing("a"), Ended(1, FINISHED)), after(playing("a"), Ended(1, EndReason.CONNECTION_LOST))):
        for late in (Started(over.play_id), Ended(over.play_id, LOAD_FAILED), Ended(1, FINISHED)):
            assert step(over, late, 0) == (over, ())


def test_a_skip_that_names_a_play_skips_that_one_only() -> None:
    session = playing("a", "b", "c")
    seen = session.play_id
    session = after(session, Skip(play_id=seen))
    assert current(session) == "b"
    assert step(session, Skip(play_id=seen), 0) == (session, ())


def test_a_track_that_ends_while_paused_does_not_start_the_next_one() -> None:
    session, effects = step(after(playing("a", "b"), Pause()), Ended(1, FINISHED), 0)
    assert (session.state, current(session), effects) == (PAUSED, "b", ())
    assert plays(step(session, Resume(), 0)[1]) == [("b", 0.0)]


def test_a_broken_track_is_tried_once_more_where_it_broke_and_then_passed_over() -> None:
    session, effects = step(playing("a", "b"), Ended(1, EndReason.STALLED, 42.0), 0)
    assert effects == (Play(2, entries("a")[0], 42.0),)
    session, effects = step(session, Ended(2, LOAD_FAILED, 43.0), 0)
    assert effects == (Tell(BrokenTrack(entries("a")[0], LOAD_FAILED)), Play(3, entries("b", start=1)[0], 0.0))
    assert [entry.id for entry in session.queue.history] == ["e0"]


@pytest.mark.parametrize("where", [None, float("nan"), float("inf"), -4.0])
def test_a_position_that_is_none_is_not_believed(where: float | None) -> None:
    _, effects = step(after(playing("a"), Seek(30.0)), Ended(1, LOAD_FAILED, where), 0)
    assert plays(effects) == [("a", 0.0 if where == -4.0 else 30.0)]


def test_a_track_without_sound_is_broken() -> None:
    session = after(Session(), Enqueue(entries("a", "b")))
    session, effects = step(session, Ended(1, FINISHED), 0)
    assert plays(effects) == [("a", 0.0)]
    assert Tell(BrokenTrack(entries("a")[0], LOAD_FAILED)) in step(session, Ended(2, FINISHED), 0)[1]


def test_one_that_was_begun_at_its_very_end_is_not() -> None:
    session = after(playing("a", "b"), LinkLost(), Ended(1, EndReason.CONNECTION_LOST, 199.9), LinkRestored())
    session, effects = step(session, Ended(session.play_id, FINISHED), 0)
    assert plays(effects) == [("b", 0.0)]
    assert not any(isinstance(effect, Tell) for effect in effects)


def test_a_second_try_that_was_heard_for_a_while_is_over() -> None:
    """Two short faults in one track, minutes apart, are not a broken track."""
    stalled = EndReason.STALLED
    session = after(playing("a", "b"), Ended(1, stalled, 60.0), Started(2))
    assert current(broke := after(session, Ended(2, stalled, 64.0))) == "b"
    assert broke.play_id == 3
    session, effects = step(session, Ended(2, stalled, 66.0), 0)
    assert plays(effects) == [("a", 66.0)]
    assert not any(isinstance(effect, Tell) for effect in effects)
    assert current(after(session, Ended(3, stalled, 90.0))) == "b", "not where nothing was heard of it"


def test_a_command_between_does_not_hide_that_a_second_try_has_helped() -> None:
    session = after(playing("a", "b"), Ended(1, EndReason.STALLED, 60.0), Started(2))
    session, _ = step(session, SetSound(Sound(volume_percent=50)), 0, position_s=66.0)
    assert current(after(session, Ended(2, EndReason.STALLED, 67.0))) == "a"


def test_one_that_waits_for_its_song_is_overtaken_and_goes_on_afterwards() -> None:
    session, effects = step(playing("a", "b", "c"), Ended(1, EndReason.DRY, 42.0), 0)
    assert plays(effects) == [("b", 0.0)]
    assert waiting(session) == ["a", "c"]
    session = after(session, Started(2))
    assert session.ahead is None, "what goes on in its middle is not opened ahead"
    dry = after(session, Ended(2, EndReason.DRY, 3.0))
    assert (current(dry), waiting(dry)) == ("c", ["b", "a"]), "not by one that waited itself"
    session, effects = step(session, Ended(2, FINISHED), 0)
    assert plays(effects) == [("a", 42.0)]


def test_what_waits_unheard_is_overtaken_once() -> None:
    session = after(playing("a", "b"), Ended(1, EndReason.DRY, 0.0))
    assert current(session) == "b"
    assert step(session, Ended(2, EndReason.DRY, 0.0), 0) == (session, ())


def test_what_waits_alone_or_held_or_looped_is_not_overtaken() -> None:
    for session in (playing("a"), after(playing("a", "b"), Pause()), playing("a", "b", loop=LoopMode.TRACK)):
        assert step(session, Ended(1, EndReason.DRY, 42.0), 0) == (session, ())


def test_after_three_broken_tracks_in_a_row_it_gives_up_until_somebody_asks() -> None:
    session = after(Session(), Enqueue(entries(*"abcde")))
    for _ in range(2):
        session, effects = broken(session)
        assert len(plays(effects)) == 1
    session, effects = broken(session)
    assert effects[1:] == (Tell(GaveUp(3)), StopOutput())
    assert (session.state, waiting(session)) == (IDLE, ["d", "e"])
    assert after(session, LinkLost(), LinkRestored(), ready("d")).state is IDLE
    session, effects = step(session, Resume(), 0)
    assert plays(effects) == [("d", 0.0)]
    assert broken(session)[0].state is LOADING, "it counts anew"


def test_a_track_that_is_heard_to_its_end_ends_the_row() -> None:
    session = after(Session(), Enqueue(entries(*"abcdef")))
    session = broken(broken(session)[0])[0]
    session = after(session, Started(session.play_id), Ended(session.play_id, FINISHED))
    assert broken(broken(session)[0])[0].state is LOADING


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 20), st.sampled_from(LoopMode), st.sampled_from([FINISHED, LOAD_FAILED, EndReason.STALLED]))
def test_a_queue_of_broken_tracks_comes_to_rest(count: int, mode: LoopMode, reason: EndReason) -> None:
    session = after(Session(queue=Queue(loop=mode)), Enqueue(entries(*"x" * count)))
    for _ in range(2 * min(count, 3)):
        assert session.state is LOADING
        session = after(session, Ended(session.play_id, reason))  # ends without ever being heard
    assert session.state is IDLE
    assert len(session.queue.upcoming) == max(0, count - 3)


@pytest.mark.parametrize("reason", [EndReason.CONNECTION_LOST, EndReason.SHUTDOWN, EndReason.REPLACED])
def test_what_loses_its_output_is_held_where_it_is(reason: EndReason) -> None:
    session, effects = step(playing("a", "b"), Ended(1, reason, 42.0), 0)
    assert (session.state, session.paused_by, current(session), effects) == (PAUSED, {OUTAGE}, "a", ())
    assert session.linked == (reason is not EndReason.CONNECTION_LOST)
    assert plays(step(session, LinkRestored(), 0)[1]) == [("a", 42.0)]


def test_an_output_that_says_it_was_skipped_or_stopped_is_believed() -> None:
    assert current(after(playing("a", "b"), Ended(1, EndReason.SKIPPED))) == "b"
    stopped = after(playing("a", "b"), Ended(1, EndReason.STOPPED))
    assert (stopped.state, waiting(stopped)) == (IDLE, [])
