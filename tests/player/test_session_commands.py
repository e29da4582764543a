"""What one command makes of a session: pauses, seeks, jumps. Random walks are in test_machine."""

from __future__ import annotations

import pytest
from attrs import evolve

from conductr_player import (
    ChangeSound,
    Clear,
    Ended,
    Enqueue,
    EntryId,
    Jump,
    LinkLost,
    LinkRestored,
    LoopMode,
    Move,
    Pause,
    PauseOutput,
    Play,
    Previous,
    Resume,
    ResumeOutput,
    Seek,
    SeekOutput,
    Session,
    SetLoop,
    SetSound,
    Skip,
    Sound,
    Stale,
    Started,
    Stop,
    StopOutput,
    step,
)
from conductr_player.testing import entries

from .sessions import (
    BY_USER,
    EMPTY,
    FINISHED,
    IDLE,
    LOADING,
    MUTED,
    OUTAGE,
    PAUSED,
    PLAYING,
    after,
    current,
    named_ahead,
    playing,
    plays,
    ready,
    rendering,
    waiting,
)


# Pauses.
def test_each_cause_is_lifted_by_itself() -> None:
    session, effects = step(playing("a"), Pause(), 0)
    assert effects == (PauseOutput(),)
    assert step(session, Pause(EMPTY), 0)[1] == ()
    session = after(session, Pause(EMPTY), Resume(EMPTY))
    assert (session.state, session.paused_by) == (PAUSED, {BY_USER}), "a filled room does not undo a person's pause"
    assert step(session, Resume(), 0)[1] == (ResumeOutput(),)


def test_a_person_who_presses_play_is_heard_whatever_held_the_music() -> None:
    session, effects = step(after(playing("a"), Pause(), Pause(EMPTY), Pause(MUTED)), Resume(), 0)
    assert (session.state, effects) == (PLAYING, (ResumeOutput(),))


def test_an_empty_room_is_remembered_where_nothing_plays_and_a_person_is_not() -> None:
    assert after(Session(), Pause(EMPTY), Enqueue(entries("a"))).state is PAUSED
    assert after(Session(), Pause(), Enqueue(entries("a"))).state is LOADING


def test_a_persons_pause_ends_with_the_music() -> None:
    session = after(playing("a"), Pause(), Pause(EMPTY), Ended(1, FINISHED))
    assert (session.state, session.paused_by) == (IDLE, {EMPTY})


def test_a_skip_lifts_a_persons_pause_but_plays_to_no_empty_room() -> None:
    assert after(playing("a", "b"), Pause(), Skip()).state is LOADING
    session, effects = step(after(playing("a", "b"), Pause(EMPTY)), Skip(), 0)
    assert (session.state, current(session), effects) == (PAUSED, "b", (StopOutput(),))


# The link.
def test_a_lost_link_holds_the_sound_and_brings_it_back() -> None:
    session, effects = step(playing("a", "b"), LinkLost(), 0)
    assert (effects, session.paused_by) == ((PauseOutput(),), {OUTAGE})
    session, effects = step(session, LinkRestored(), 0)
    assert (effects, session.state) == ((ResumeOutput(),), PLAYING)


def test_what_is_skipped_to_without_a_link_starts_when_the_link_is_back() -> None:
    session, effects = step(after(playing("a", "b"), LinkLost()), Skip(), 0)
    assert (effects, session.state) == ((StopOutput(),), PAUSED)
    assert plays(step(session, LinkRestored(), 0)[1]) == [("b", 0.0)]


def test_resume_during_a_lost_link_waits_for_the_link() -> None:
    session = after(playing("a"), Pause(), LinkLost())
    for cause in (BY_USER, OUTAGE):
        session, effects = step(session, Resume(cause), 0)
        assert effects == ()
    assert step(session, LinkRestored(), 0)[1] == (ResumeOutput(),)


def test_what_is_queued_without_a_link_is_taken_up_when_the_link_is_back() -> None:
    session, effects = step(after(Session(), LinkLost()), Enqueue(entries("a")), 0)
    assert (session.state, waiting(session), effects) == (IDLE, ["a"], ())
    assert plays(step(session, LinkRestored(), 0)[1]) == [("a", 0.0)]


# Moving about.
def test_seeking_stays_within_the_track() -> None:
    known = after(playing("a"), ready("a"))
    for asked, got in ((-3.0, 0.0), (12.5, 12.5), (999.0, 60.0)):
        assert step(known, Seek(asked), 0)[1] == (SeekOutput(got),)
    assert step(playing("a"), Seek(999.0), 0)[1] == (SeekOutput(999.0),)
    assert step(Session(), Seek(3.0), 0) == (Session(), ())


@pytest.mark.parametrize("nowhere", [float("nan"), float("inf"), float("-inf")])
def test_no_number_is_no_position(nowhere: float) -> None:
    with pytest.raises(ValueError, match="position_s"):
        Seek(nowhere)


def test_seeking_before_the_track_is_loaded_moves_where_it_starts() -> None:
    held = Session(queue=playing("a").queue, state=PAUSED, paused_by=frozenset({BY_USER}), play_id=1)
    session, effects = step(held, Seek(12.5), 0)
    assert (effects, session.version) == ((), 1)
    assert plays(step(session, Resume(), 0)[1]) == [("a", 12.5)]


def test_previous_goes_back_or_else_to_the_start() -> None:
    session = playing("a", "b")
    back, effects = step(session, Previous(), 0, position_s=61.5)
    assert (back.queue, effects) == (session.queue, (SeekOutput(0.0),))
    assert step(after(session, Pause()), Previous(), 0)[1] == (SeekOutput(0.0), ResumeOutput())
    session, effects = step(after(session, Skip()), Previous(), 0, position_s=61.5)
    assert (plays(effects), waiting(session)) == ([("a", 0.0)], ["b"])
    assert step(Session(), Previous(), 0)[1] == ()


def test_jumping_goes_on_there() -> None:
    session, effects = step(playing("a", "b", "c", "d"), Jump(EntryId("e2")), 0)
    assert (plays(effects), waiting(session)) == ([("c", 0.0)], ["d"])
    assert step(session, Jump(EntryId("e2")), 0) == (session, ())
    session, effects = step(after(session, Enqueue(rendering("r"))), Jump(EntryId("e10")), 0)
    assert (plays(effects), waiting(session)) == ([], ["r", "d"])


def test_moving_changes_what_comes_next_and_plays_on() -> None:
    session, effects = step(playing("a", "b", "c"), Move(EntryId("e2"), EntryId("e1")), 0)
    assert (waiting(session), named_ahead(effects), plays(effects)) == (["c", "b"], ["c"], [])


def test_skipping_several_passes_them_all() -> None:
    session = after(playing("a", "b", "c", "d"), Skip(3))
    assert current(session) == "d"
    assert after(session, Skip(99)).state is IDLE
    for nothing in (Skip(0), Skip(-1)):
        assert step(session, nothing, 0) == (session, ())
    assert step(Session(), Skip(), 0) == (Session(), ())


def test_stop_silences_and_empties_but_remembers() -> None:
    session, effects = step(playing("a", "b", loop=LoopMode.QUEUE), Stop(), 5)
    assert (effects, session.state, waiting(session)) == ((StopOutput(),), IDLE, [])
    assert [entry.track.id for entry in session.queue.history] == ["a"]
    assert session.queue.loop is LoopMode.OFF
    assert session.leave_at == 305
    assert step(session, Stop(), 6) == (session, ())


# Versions and sound.
def test_a_command_that_expects_another_version_is_refused_with_the_session_as_it_is() -> None:
    session = playing("a", "b")
    with pytest.raises(Stale) as refused:
        step(session, Skip(), 0, expected=session.version - 1)
    assert refused.value.session is session
    assert current(step(session, Skip(), 0, expected=session.version)[0]) == "b"


def test_the_version_rises_with_what_people_can_see_and_with_nothing_else() -> None:
    session = playing("a", "b")
    for seen in (Seek(0.0), Pause(), SetSound(Sound(volume_percent=50)), Skip(), Clear(), SetLoop(LoopMode.QUEUE)):
        changed, _ = step(session, seen, 0)
        assert changed.version == session.version + (not isinstance(seen, Clear) or bool(session.queue.upcoming))
        session = changed
    held = after(Session(), Enqueue(entries("a")), Pause())
    assert step(held, Started(1), 0)[0].version == held.version, "what nobody sees does not count"
    for unseen in (Ended(1, FINISHED), SetLoop(LoopMode.QUEUE), LinkRestored(), Resume(MUTED)):
        assert step(session, unseen, 0, position_s=7.0)[0].version == session.version


def test_a_new_sound_is_told_once() -> None:
    loud = Sound(volume_percent=150)
    session, effects = step(Session(), SetSound(loud), 0)
    assert (session.sound, effects) == (loud, (ChangeSound(loud),))
    assert step(session, SetSound(loud), 0) == (session, ())
    assert step(session, Enqueue(entries("a")), 0)[1] == (Play(1, entries("a")[0], 0.0),)


def test_silence_is_counted_from_where_it_began() -> None:
    session, _ = step(playing("a"), Pause(), 5)
    assert session.leave_at == 305
    session, _ = step(session, Pause(EMPTY), 100)
    assert session.leave_at == 305
    assert step(evolve(session), Resume(), 200)[0].leave_at is None
