"""The queue's rules."""

from __future__ import annotations

from random import Random

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conductr_player import EndReason, Entry, EntryId, LoopMode, Queue, Track, TrackId, UnknownEntry, UserId
from conductr_player.core.queue import HISTORY_LIMIT
from conductr_player.testing import entries

OFF, TRACK, LOOP = LoopMode.OFF, LoopMode.TRACK, LoopMode.QUEUE
FINISHED = EndReason.FINISHED
BROKEN = (EndReason.LOAD_FAILED, EndReason.STALLED)
HELD = (EndReason.CONNECTION_LOST, EndReason.SHUTDOWN)


def ids(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.id for entry in entries]


def of(*spelled: str) -> tuple[Entry, ...]:
    """Entries spelled as member and number: "a1" is the first of member a."""
    return tuple(Entry(EntryId(each), Track(TrackId(each), each), UserId(ord(each[0]))) for each in spelled)


def rendering(*entry_ids: str) -> tuple[Entry, ...]:
    return tuple(Entry(EntryId(each), Track(TrackId(each), each, playable=False), UserId(1)) for each in entry_ids)


def abc(loop: LoopMode = OFF) -> Queue:
    """e1 plays, after e0; e2 and e3 wait."""
    e0, e1, e2, e3 = entries(*"abcd")
    return Queue(e1, (e2, e3), (e0,), loop)


# reason, loop mode: current, upcoming, history, loop mode afterwards (bots.md 4.5)
TABLE = {
    (FINISHED, OFF): ("e2", ["e3"], ["e0", "e1"], OFF),
    (FINISHED, TRACK): ("e1", ["e2", "e3"], ["e0"], TRACK),
    (FINISHED, LOOP): ("e2", ["e3", "e1"], ["e0"], LOOP),
    (EndReason.SKIPPED, OFF): ("e2", ["e3"], ["e0", "e1"], OFF),
    (EndReason.SKIPPED, TRACK): ("e2", ["e3"], ["e0", "e1"], OFF),
    (EndReason.SKIPPED, LOOP): ("e2", ["e3", "e1"], ["e0"], LOOP),
    **{(EndReason.STOPPED, mode): (None, [], ["e0", "e1"], OFF) for mode in LoopMode},
    **{(reason, mode): ("e2", ["e3"], ["e0", "e1"], mode) for reason in BROKEN for mode in LoopMode},
    **{(reason, mode): ("e1", ["e2", "e3"], ["e0"], mode) for reason in HELD for mode in LoopMode},
}


@pytest.mark.parametrize(("reason", "mode"), TABLE, ids=str)
def test_what_follows_a_play_is_told_by_its_end_and_the_loop_mode(reason: EndReason, mode: LoopMode) -> None:
    after = abc(mode).advance(reason)
    current = after.current.id if after.current else None
    assert (current, ids(after.upcoming), ids(after.history), after.loop) == TABLE[reason, mode]


@pytest.mark.parametrize(("mode", "after_it"), [(OFF, OFF), (TRACK, OFF), (LOOP, LOOP)])
def test_what_is_replaced_waits_in_front_and_goes_on_where_it_was(mode: LoopMode, after_it: LoopMode) -> None:
    left = abc(mode).leave(EndReason.REPLACED, 61.5)
    assert (left.current, ids(left.upcoming), ids(left.history)) == (None, ["e1", "e2", "e3"], ["e0"])
    assert left.upcoming[0].resume_s == 61.5
    assert left.loop is after_it


def test_an_empty_queue_stays_as_it_is() -> None:
    for reason in EndReason:
        assert Queue().advance(reason) == Queue()
    assert Queue().previous() == Queue() == Queue().skip(3)


def test_the_history_is_bounded() -> None:
    queue = Queue().add(*entries(*"x" * (HISTORY_LIMIT + 10))).skip(HISTORY_LIMIT + 11)
    assert ids(queue.history) == [f"e{number}" for number in range(10, HISTORY_LIMIT + 10)]


def test_what_cannot_be_heard_yet_is_overtaken_and_keeps_its_place() -> None:
    queue = Queue().add(*rendering("r1"), *entries("a", "b"), *rendering("r2")).take_up()
    assert queue.current
    assert (queue.current.id, ids(queue.upcoming)) == ("e0", ["r1", "e1", "r2"])
    queue = queue.describe(Track(TrackId("r1"), "ready", 60.0)).advance(FINISHED)
    assert queue.current.track.title == "ready" if queue.current else False
    assert queue.skip(2).upcoming == rendering("r2")
    assert queue.skip(2).ready is None


def test_skipping_where_nothing_can_be_heard_drops_the_wait_for_the_first() -> None:
    queue = Queue(upcoming=rendering("r1", "r2", "r3"))
    assert ids(queue.skip(1).upcoming) == ["r2", "r3"]
    assert ids(queue.skip(2).history) == ["r1", "r2"]


def test_what_could_be_heard_stays_so() -> None:
    described = abc().describe(Track(TrackId("b"), "known now", 3.0, playable=False))
    assert described.current == Entry(EntryId("e1"), Track(TrackId("b"), "known now", 3.0), UserId(1))


@pytest.mark.parametrize(
    ("mode", "upcoming", "history"), [(OFF, ["r1", "e4"], ["e0", "e1", "e2"]), (LOOP, ["r1", "e4", "e1", "e2"], ["e0"])]
)
def test_a_jump_skips_what_it_passes_but_not_what_still_renders(
    mode: LoopMode, upcoming: list[str], history: list[str]
) -> None:
    e3, e4 = entries("d", "e", start=3)
    queue = evolve(abc(mode), upcoming=(*rendering("r1"), evolve(abc().upcoming[0], resume_s=9.0), e3, e4))
    there = queue.jump(EntryId("e3"))
    assert there.current == e3
    assert (ids(there.upcoming), ids(there.history), there.loop) == (upcoming, history, mode)
    assert all(entry.resume_s == 0 for entry in there.entries())


def test_a_jump_to_what_still_renders_puts_it_in_front() -> None:
    queue = abc().add(*rendering("r1")).jump(EntryId("r1"))
    assert queue.current == abc().current
    assert ids(queue.upcoming) == ["r1", "e2", "e3"]


def test_a_jump_turns_the_loop_of_a_track_off() -> None:
    assert abc(TRACK).jump(EntryId("e3")).loop is OFF


def test_previous_returns_to_what_was_heard_and_the_current_waits_behind() -> None:
    queue = evolve(abc(TRACK), history=(*abc().history, *rendering("r1"))).previous()
    assert queue.current
    assert (queue.current.id, ids(queue.upcoming), ids(queue.history)) == ("e0", ["e1", "e2", "e3"], ["r1"])
    assert queue.loop is OFF
    assert queue.upcoming[0].resume_s == 0


@pytest.mark.parametrize(
    ("before", "order"),
    [("e2", ["e3", "e2", "e4"]), ("e4", ["e2", "e3", "e4"]), (None, ["e2", "e4", "e3"]), ("e3", ["e2", "e3", "e4"])],
)
def test_move_puts_an_entry_before_another(before: str | None, order: list[str]) -> None:
    queue = abc().add(*entries("e", start=4))
    assert ids(queue.move(EntryId("e3"), EntryId(before) if before else None).upcoming) == order


def test_what_does_not_wait_is_neither_moved_nor_removed_nor_jumped_to() -> None:
    queue, known, gone = abc(), EntryId("e2"), EntryId("e1")
    for refused in (
        lambda: queue.move(gone, None),
        lambda: queue.move(known, gone),
        lambda: queue.remove(known, gone),
        lambda: queue.remove_range(known, gone),
        lambda: queue.jump(gone),
    ):
        with pytest.raises(UnknownEntry) as error:
            refused()
        assert error.value.entry_id == gone


def test_removing_takes_what_was_named_and_nothing_else() -> None:
    queue = Queue(upcoming=of("a1", "b1", "a2", "c1", "b2"))
    assert ids(queue.remove(EntryId("b1"), EntryId("b2")).upcoming) == ["a1", "a2", "c1"]
    assert ids(queue.remove_of(UserId(ord("a"))).upcoming) == ["b1", "c1", "b2"]
    for ends in (("b1", "c1"), ("c1", "b1")):
        assert ids(queue.remove_range(*(EntryId(end) for end in ends)).upcoming) == ["a1", "b2"]


def test_shuffling_keeps_every_entry_and_the_same_seed_the_same_order() -> None:
    queue = Queue().add(*entries(*"abcdefgh"))
    assert queue.shuffled(Random(1)) == queue.shuffled(Random(1)) != queue
    assert sorted(ids(queue.shuffled(Random(1)).upcoming)) == sorted(ids(queue.upcoming))


def test_what_becomes_known_of_a_track_reaches_every_place_it_stands_in() -> None:
    described = Queue().add(*entries("a", "a", "a", "b")).skip(3).describe(Track(TrackId("a"), "Rain", 180.0))
    assert sorted(entry.track.title for entry in described.entries()) == ["Rain", "Rain", "Rain", "b"]


# Turn-taking.
def test_members_take_turns() -> None:
    queue = Queue(current=of("a0")[0])
    for added in (of("a1", "a2", "a3"), of("b1", "b2"), of("c1")):
        queue = queue.add(*added, fair=True)
    # a0 plays, and is a's entry of round one
    assert ids(queue.upcoming) == ["b1", "c1", "a1", "b2", "a2", "a3"]


def test_what_somebody_arranged_stays_when_others_add() -> None:
    queue = Queue(upcoming=of("a1", "a2", "b1", "b2")).move(EntryId("b2"), EntryId("a1"))
    assert ids(queue.add(*of("c1", "c2"), fair=True).upcoming) == ["b2", "a1", "c1", "a2", "b1", "c2"]


def test_a_new_entry_never_overtakes_an_earlier_one_of_its_member() -> None:
    queue = Queue(upcoming=of("a1", "b1", "b2", "b3")).move(EntryId("a1"), None)
    assert ids(queue.add(*of("a2"), fair=True).upcoming) == ["b1", "b2", "b3", "a1", "a2"]


def test_turning_it_on_deals_what_waits_into_rounds() -> None:
    queue = Queue(of("b0")[0], of("a1", "a2", "a3", "b1", "c1"))
    assert ids(queue.dealt().upcoming) == ["a1", "c1", "a2", "b1", "a3"]


def test_a_fair_shuffle_keeps_every_turn() -> None:
    queue = Queue(upcoming=of("a1", "b1", "a2", "b2", "a3", "b3", "a4"))
    mixed = [queue.shuffled(Random(seed), fair=True).upcoming for seed in range(5)]
    assert all([entry.requested_by for entry in each] == [e.requested_by for e in queue.upcoming] for each in mixed)
    assert all(sorted(ids(each)) == sorted(ids(queue.upcoming)) for each in mixed)
    assert len({tuple(ids(each)) for each in mixed}) > 1


members = st.lists(st.sampled_from("abc"), max_size=12)


@given(members, members, st.sampled_from(["", "a", "b"]))
def test_turns_hold_whoever_adds_and_in_whatever_order(waiting: list[str], added: list[str], playing: str) -> None:
    spelled = [f"{member}{number}" for number, member in enumerate(waiting + added)]
    old, new = of(*spelled[: len(waiting)]), of(*spelled[len(waiting) :])
    queue = Queue(of(f"{playing}x")[0] if playing else None, old).dealt()
    after = queue.add(*new, fair=True)
    assert [entry for entry in after.upcoming if entry in old] == list(queue.upcoming), "never re-sorted"
    assert after.dealt() == after, "round by round"
    for member in "abc":
        own = [each for each in ids(after.upcoming) if each[0] == member]
        assert own == [each for each in spelled if each[0] == member], "a member's own stay in their order"
