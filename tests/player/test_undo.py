"""What is let into a queue, and what can be taken back within a minute."""

from __future__ import annotations

import pytest

from conductr_player import (
    AlreadyQueued,
    Clear,
    Command,
    CommandRefused,
    Describe,
    Enqueue,
    Entry,
    EntryId,
    LoopMode,
    MemberCapReached,
    NothingToUndo,
    Pause,
    Place,
    Play,
    PlaybackState,
    Queue,
    QueueFull,
    Remove,
    RemoveOf,
    RemoveRange,
    Rules,
    Session,
    SetLoop,
    SetRules,
    Shuffle,
    Skip,
    Started,
    Stop,
    Track,
    TrackId,
    Undo,
    UserId,
    step,
)
from conductr_player.core.inputs import Effect
from conductr_player.core.queue import UPCOMING_LIMIT
from conductr_player.testing import entries


def after(session: Session, *given: Command, at: float = 0) -> Session:
    for each in given:
        session, _ = step(session, each, at)
    return session


def playing(*track_ids: str) -> Session:
    session = after(Session(), Enqueue(entries(*track_ids)))
    return step(session, Started(1), 0)[0]


def order(session: Session) -> str:
    """What plays and what waits, by track."""
    queue = session.queue
    shown = (*((queue.current,) if queue.current else ()), *queue.upcoming)
    return "".join(entry.track.id for entry in shown)


def plays(effects: tuple[Effect, ...]) -> list[tuple[str, float]]:
    return [(effect.entry.track.id, effect.start_s) for effect in effects if isinstance(effect, Play)]


def of(member: int, *track_ids: str, start: int = 50) -> tuple[Entry, ...]:
    return tuple(
        Entry(EntryId(f"e{start + number}"), Track(TrackId(each), each), UserId(member))
        for number, each in enumerate(track_ids)
    )


def refused(session: Session, command: Command) -> CommandRefused:
    with pytest.raises(CommandRefused) as caught:
        step(session, command, 0)
    return caught.value


# What is let in.
def test_a_stranger_cannot_fill_memory() -> None:
    session = after(Session(), Enqueue(entries(*"x" * (UPCOMING_LIMIT + 10))))
    assert len(session.queue.entries()) == UPCOMING_LIMIT
    session = after(session, Enqueue(entries(*"yyy", start=5_000)))
    assert len(session.queue.upcoming) == UPCOMING_LIMIT, "what fits is taken, the rest is not"
    full = refused(session, Enqueue(entries("z", start=6_000), Place.NEXT))
    assert isinstance(full, QueueFull)
    assert full.limit == UPCOMING_LIMIT


def test_what_is_interrupted_needs_a_place_in_a_full_queue() -> None:
    session = after(Session(), Enqueue(entries(*"x" * UPCOMING_LIMIT)), Enqueue(entries("x", start=2_000)))
    assert isinstance(refused(session, Enqueue(entries("z", start=6_000), Place.NOW)), QueueFull)
    interrupted = after(session, Skip(), Enqueue(entries("z", start=6_000), Place.NOW))
    assert len(interrupted.queue.upcoming) == UPCOMING_LIMIT


def test_a_member_has_no_more_entries_than_the_guild_allows() -> None:
    session = after(Session(), SetRules(Rules(member_cap=2)), Enqueue(of(1, *"abc")))
    assert order(session) == "ab"
    assert order(after(session, Enqueue(of(2, *"de", start=60)))) == "abde"
    capped = refused(session, Enqueue(of(1, "f", start=70)))
    assert isinstance(capped, MemberCapReached)
    assert capped.cap == 2
    with pytest.raises(ValueError, match="member_cap"):
        Rules(member_cap=0)


def test_a_track_that_plays_or_waits_is_not_queued_again_where_the_guild_says_so() -> None:
    session = after(playing("a", "b"), SetRules(Rules(guard_duplicates=True)))
    for twice in "ab":
        guarded = refused(session, Enqueue(of(1, twice)))
        assert isinstance(guarded, AlreadyQueued)
        assert guarded.track.id == twice
    assert order(after(session, Enqueue(of(1, *"bcca")))) == "abc"
    assert order(after(session, Skip(), Enqueue(of(1, "a")))) == "ba", "what was heard may come again"
    assert order(after(playing("a"), Enqueue(of(1, "a")))) == "aa"


def test_turning_fairness_on_deals_what_waits_once() -> None:
    session = after(playing("a"), Enqueue(of(1, *"bc")), Enqueue(of(2, *"de", start=60)))
    session = after(session, SetRules(Rules(fair=True)))
    assert order(session) == "adbec"
    session = after(session, Enqueue(of(2, "x", start=70), Place.NEXT), SetRules(Rules(fair=True, member_cap=9)))
    assert order(session) == "axdbec", "what somebody arranged is not dealt again"
    assert order(after(session, Enqueue(of(3, "y", start=80)))) == "axydbec"


# Undo.
CHANGES: list[tuple[Command, str]] = [
    (Clear(), "a"),
    (Remove((EntryId("e1"), EntryId("e3"))), "ac"),
    (RemoveRange(EntryId("e2"), EntryId("e1")), "ad"),
    (RemoveOf(UserId(1)), "a"),
    (Stop(), ""),
]


@pytest.mark.parametrize(("change", "left"), CHANGES, ids=lambda each: type(each).__name__)
def test_what_was_taken_out_comes_back_to_its_place(change: Command, left: str) -> None:
    session = after(playing(*"abcd"), change, at=10)
    assert order(session) == left
    assert order(after(session, Undo(), at=70)) == "abcd"
    with pytest.raises(NothingToUndo):
        step(session, Undo(), 70.1)


@pytest.mark.parametrize("change", [each for each, _ in CHANGES[:4]], ids=lambda each: type(each).__name__)
def test_what_was_added_since_stays_and_what_was_played_since_is_not_doubled(change: Command) -> None:
    session = after(playing(*"abcd"), change, Enqueue(of(2, "x")))
    was_next = session.queue.upcoming[0].track.id
    session = after(session, Skip(), Undo())
    rest = [each for each in "bcdx" if each != was_next]
    assert order(session)[0] == was_next
    assert sorted(order(session)[1:]) == rest


def test_a_shuffle_is_undone_and_what_came_since_keeps_its_place() -> None:
    session = after(playing(*"abcdefgh"), Shuffle(3))
    assert order(session) != "abcdefgh"
    session = after(session, Enqueue(of(2, "x"), Place.NEXT), Skip(2), Undo())
    left = order(session)[1:]
    assert left == "".join(sorted(left))
    assert len(left) == 6


def test_a_stop_is_undone_to_where_the_music_was() -> None:
    session, _ = step(after(playing(*"abc"), SetLoop(LoopMode.QUEUE)), Stop(), 0, position_s=61.5)
    back, effects = step(session, Undo(), 30)
    assert (plays(effects), order(back), back.queue.history) == ([("a", 61.5)], "abc", ())
    assert back.queue.loop is LoopMode.QUEUE


def test_what_was_begun_after_a_stop_waits_behind_what_was_there() -> None:
    session, _ = step(playing(*"abc"), Stop(), 0, position_s=61.5)
    session = after(session, Enqueue(of(2, "x", "y")), SetLoop(LoopMode.TRACK))
    session = step(session, Started(session.play_id), 0)[0]
    back, effects = step(session, Undo(), 30, position_s=12.0)
    assert (plays(effects), order(back)) == ([("a", 61.5)], "abcxy")
    assert back.queue.loop is LoopMode.TRACK, "what was chosen since stays"
    assert plays(step(back, Skip(3), 31)[1]) == [("x", 12.0)]


def test_a_stopped_song_that_plays_again_already_goes_on() -> None:
    stopped = after(playing(*"abc"), Stop())
    replayed = Session(queue=Queue(stopped.queue.history[0]), undo=stopped.undo, play_id=5, loaded=True, heard=True)
    back, effects = step(replayed, Undo(), 1)
    assert (order(back), plays(effects)) == ("abc", [])


def test_a_stop_while_paused_is_undone_to_the_pause() -> None:
    back, effects = step(after(playing(*"ab"), Pause(), Stop()), Undo(), 1)
    assert (back.state, order(back), effects) == (PlaybackState.PAUSED, "ab", ())


def test_a_stop_of_a_queue_that_only_waits_is_undone() -> None:
    waits = Entry(EntryId("r"), Track(TrackId("r"), "r", playable=False), UserId(1))
    session = after(Session(), Enqueue((waits,)), Stop(), Undo())
    assert (session.state, order(session)) == (PlaybackState.WAITING, "r")


def test_what_became_known_meanwhile_is_known_of_what_comes_back() -> None:
    waits = Entry(EntryId("r"), Track(TrackId("r"), "r", playable=False), UserId(1))
    session = after(Session(), Enqueue((waits,)), Clear(), Describe(Track(TrackId("r"), "Rain", 60.0)))
    back, effects = step(session, Undo(), 1)
    assert plays(effects) == [("r", 0.0)]
    assert back.queue.current == Entry(EntryId("r"), Track(TrackId("r"), "Rain", 60.0), UserId(1))


def test_an_undone_clear_starts_a_queue_that_has_run_out() -> None:
    _, effects = step(after(playing(*"ab"), Clear(), Skip()), Undo(), 1)
    assert plays(effects) == [("b", 0.0)]


def test_what_came_back_by_itself_is_not_there_twice() -> None:
    session = after(playing(*"abc"), Clear(), Enqueue(entries("b", start=1)))
    assert order(after(session, Undo())) == "abc"
    assert order(after(session, Skip(), Undo())) == "bc"


def test_what_was_heard_and_forgotten_since_does_not_come_back() -> None:
    session = after(playing(*"x" * 80), Remove((EntryId("e79"),)), Skip(70), Undo())
    upcoming = [entry.id for entry in session.queue.upcoming]
    assert upcoming == [f"e{number}" for number in range(71, 80)]


def test_what_fits_in_no_more_is_not_forgotten() -> None:
    session = after(Session(), Enqueue(entries(*"x" * UPCOMING_LIMIT)), Clear())
    full = after(session, Enqueue(of(2, *"y" * UPCOMING_LIMIT)))
    assert isinstance(refused(full, Undo()), QueueFull)
    assert len(after(full, RemoveOf(UserId(2)), at=1).queue.upcoming) == 0


def test_a_change_that_changed_nothing_cannot_be_undone_and_hides_no_other() -> None:
    with pytest.raises(NothingToUndo):
        step(after(playing("a"), Clear(), Shuffle(1)), Undo(), 0)
    assert order(after(playing(*"ab"), Clear(), Clear(), RemoveOf(UserId(9)), Undo())) == "ab"


def test_only_the_last_change_is_undone_and_only_once() -> None:
    session = after(playing(*"abc"), Remove((EntryId("e1"),)), Remove((EntryId("e2"),)), Undo())
    assert order(session) == "ac"
    assert isinstance(refused(session, Undo()), NothingToUndo)
