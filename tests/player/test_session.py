"""What one input makes of a session: the single rules. Random walks are in test_machine."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player import (
    BrokenTrack,
    ChangeSound,
    Clear,
    Describe,
    Ended,
    EndReason,
    Enqueue,
    Entry,
    EntryId,
    GaveUp,
    Jump,
    LinkLost,
    LinkRestored,
    LoopMode,
    Move,
    Pause,
    PauseCause,
    PauseOutput,
    Place,
    Play,
    PlaybackState,
    Preload,
    Previous,
    Queue,
    Remove,
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
    Tell,
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


def broken(session: Session) -> tuple[Session, tuple[Effect, ...]]:
    """The current entry breaks, and breaks again."""
    session, _ = step(session, Ended(session.play_id, LOAD_FAILED), 0)
    return step(session, Ended(session.play_id, LOAD_FAILED), 0)


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
