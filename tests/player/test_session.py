"""Random walks over the state machine, beside a small model of an output; and its single rules."""

from __future__ import annotations

from attrs import define
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player import (
    Back,
    Clear,
    Describe,
    Ended,
    EndReason,
    Enqueue,
    EntryId,
    LinkLost,
    LinkRestored,
    LoopMode,
    Move,
    Pause,
    PauseOutput,
    Play,
    PlaybackState,
    Preload,
    Queue,
    Remove,
    Resume,
    ResumeOutput,
    Seek,
    SeekOutput,
    Session,
    SetLoop,
    Shuffle,
    Skip,
    Started,
    Stop,
    StopOutput,
    Track,
    TrackId,
    step,
)
from conductr_player.inputs import Command, Effect, Report
from conductr_player.testing import entries

SOUNDING = (PlaybackState.LOADING, PlaybackState.PLAYING)
FINISHED, FAILED = EndReason.FINISHED, EndReason.FAILED


@define
class Model:
    """An output as the contract has it: one play at a time, paused or not."""

    play_id: int | None = None
    paused: bool = False

    def take(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case Play(play_id, _, start_s):
                    assert start_s >= 0
                    self.play_id, self.paused = play_id, False
                case PauseOutput():
                    assert self.play_id is not None
                    assert not self.paused
                    self.paused = True
                case ResumeOutput():
                    assert self.play_id is not None
                    assert self.paused
                    self.paused = False
                case StopOutput():
                    self.play_id = None
                case SeekOutput() | Preload():
                    assert self.play_id is not None


numbers = st.integers(0, 12)
entry_ids = numbers.map(lambda n: EntryId(f"e{n}"))
inputs = st.one_of(
    st.builds(lambda n, k, up: Enqueue(entries(*"abc"[:k], start=n), up), numbers, st.integers(0, 3), st.booleans()),
    st.builds(Skip, st.integers(-1, 4)),
    st.sampled_from([Back(), Pause(), Resume(), Stop(), Clear(), LinkLost(), LinkRestored()]),
    st.builds(SetLoop, st.sampled_from(LoopMode)),
    st.builds(Remove, entry_ids),
    st.builds(Move, entry_ids, st.integers(-2, 5)),
    st.builds(Shuffle, st.integers(0, 9)),
    st.builds(Seek, st.floats(-5, 500)),
    st.just(Describe(Track(TrackId("a"), "known now", 3.0))),
    st.tuples(st.sampled_from(["started", "stale"]), st.sampled_from(EndReason)),
    st.tuples(st.just("ended"), st.sampled_from(EndReason)),
)


def report_from(session: Session, drawn: object) -> Report | Command:
    match drawn:
        case ("started", _):
            return Started(session.play_id)
        case ("ended", EndReason() as reason):
            return Ended(session.play_id, reason)
        case ("stale", EndReason() as reason):
            return Ended(session.play_id - 1, reason)
        case _:
            return drawn  # type: ignore[return-value] - the commands of the strategy


@settings(max_examples=600, deadline=None)
@given(st.lists(inputs, max_size=60))
def test_whatever_comes_the_session_stays_whole(script: list[object]) -> None:
    session, model = Session(), Model()
    for now, drawn in enumerate(script, start=1):
        before, given_now = session, report_from(session, drawn)
        if isinstance(given_now, Ended) and given_now.play_id == model.play_id:
            model.play_id = None  # the output's sound is over by itself
        session, effects = step(before, given_now, float(now))
        model.take(effects)

        ids = [entry.id for entry in session.queue.entries()]
        assert len(ids) == len(set(ids)), "an entry is in at most one place"
        assert sum(isinstance(effect, Play) for effect in effects) <= 1, "never two sounds"
        assert (session.state is PlaybackState.IDLE) == (session.queue.current is None)
        if session.state in SOUNDING:
            assert session.leave_at is None
        elif before.state in SOUNDING:
            assert session.leave_at == now + 300
        if isinstance(given_now, Ended) and given_now.play_id != before.play_id:
            assert session == before, "a stale report changes nothing"
        audible = model.play_id is not None and not model.paused
        assert audible == (session.state in SOUNDING and session.linked)
        if session.loaded:
            assert model.play_id == session.play_id


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 30), st.sampled_from(LoopMode), st.sampled_from(EndReason))
def test_a_queue_of_broken_tracks_comes_to_rest(count: int, mode: LoopMode, reason: EndReason) -> None:
    session, _ = step(Session(queue=Queue(loop=mode)), Enqueue(entries(*"x" * count)), 0)
    for _ in range(count):
        assert session.state is PlaybackState.LOADING
        session, _ = step(session, Ended(session.play_id, reason), 0)  # ends without ever being heard
    assert session.state is PlaybackState.IDLE


def playing(*track_ids: str, loop: LoopMode = LoopMode.OFF) -> Session:
    session, _ = step(Session(queue=Queue(loop=loop)), Enqueue(entries(*track_ids)), 0)
    return step(session, Started(session.play_id), 0)[0]


def test_a_skip_and_the_late_end_of_the_same_track_do_not_skip_twice() -> None:
    session = playing("a", "b", "c")
    old = session.play_id
    session, _ = step(session, Skip(), 0)
    assert step(session, Ended(old, FINISHED), 0) == (session, ())


def test_a_track_that_fails_while_paused_does_not_start_the_next_one() -> None:
    session, _ = step(playing("a", "b"), Pause(), 0)
    session, effects = step(session, Ended(session.play_id, FAILED), 0)
    assert session.state is PlaybackState.PAUSED
    assert effects == ()
    assert session.queue.current
    assert session.queue.current.track.id == "b"
    session, effects = step(session, Resume(), 0)
    assert effects == (Play(2, session.queue.current, 0.0),)  # pyright: ignore[reportArgumentType] - it is there


def test_the_next_entry_is_named_ahead_and_again_when_people_change_their_mind() -> None:
    session, _ = step(Session(), Enqueue(entries("a", "b", "c")), 0)
    session, effects = step(session, Started(1), 0)
    assert [e.entry.track.id for e in effects if isinstance(e, Preload) and e.entry] == ["b"]
    session, effects = step(session, Remove(EntryId("e1")), 0)
    assert [e.entry.track.id for e in effects if isinstance(e, Preload) and e.entry] == ["c"]
    session, effects = step(session, Clear(), 0)
    assert effects == (Preload(None),)
    session, effects = step(session, SetLoop(LoopMode.TRACK), 0)
    assert [e.entry.track.id for e in effects if isinstance(e, Preload) and e.entry] == ["a"]


def test_a_lost_link_holds_the_sound_and_brings_it_back() -> None:
    session, effects = step(playing("a", "b"), LinkLost(), 0)
    assert effects == (PauseOutput(),)
    assert session.state is PlaybackState.PLAYING
    session, effects = step(session, LinkRestored(), 0)
    assert effects == (ResumeOutput(),)


def test_what_is_skipped_to_without_a_link_starts_when_the_link_is_back() -> None:
    session, _ = step(playing("a", "b"), LinkLost(), 0)
    session, effects = step(session, Skip(), 0)
    assert effects == (StopOutput(),)
    assert session.state is PlaybackState.LOADING
    session, effects = step(session, LinkRestored(), 0)
    assert [e.entry.track.id for e in effects if isinstance(e, Play)] == ["b"]


def test_resume_during_a_lost_link_waits_for_the_link() -> None:
    session, _ = step(playing("a"), Pause(), 0)
    session, _ = step(session, LinkLost(), 0)
    session, effects = step(session, Resume(), 0)
    assert effects == ()
    assert step(session, LinkRestored(), 0)[1] == (ResumeOutput(),)


def test_seeking_before_the_track_is_loaded_moves_where_it_starts() -> None:
    paused = Session(queue=playing("a").queue, state=PlaybackState.PAUSED)
    session, effects = step(paused, Seek(12.5), 0)
    assert effects == ()
    _, effects = step(session, Resume(), 0)
    assert [e.start_s for e in effects if isinstance(e, Play)] == [12.5]
    assert step(playing("a"), Seek(-3), 0)[1] == (SeekOutput(0.0),)


def test_stop_silences_and_empties_but_remembers() -> None:
    session, effects = step(playing("a", "b"), Stop(), 5)
    assert effects == (StopOutput(),)
    assert session.state is PlaybackState.IDLE
    assert [entry.track.id for entry in session.queue.history] == ["a"]
    assert session.queue.upcoming == ()
    assert session.leave_at == 305


def test_skipping_several_passes_them_all() -> None:
    session, _ = step(playing("a", "b", "c", "d"), Skip(3), 0)
    assert session.queue.current
    assert session.queue.current.track.id == "d"
    assert step(session, Skip(99), 0)[0].state is PlaybackState.IDLE


def test_a_looped_track_is_heard_again() -> None:
    session, effects = step(playing("a", "b", loop=LoopMode.TRACK), Ended(1, FINISHED), 0)
    assert [(e.play_id, e.entry.track.id) for e in effects if isinstance(e, Play)] == [(2, "a")]
    assert session.state is PlaybackState.LOADING
