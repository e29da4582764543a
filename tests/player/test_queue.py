"""The queue's rules."""

from __future__ import annotations

from random import Random

from conductr_player import EndReason, EntryId, LoopMode, Queue, Track, TrackId
from conductr_player.queue import HISTORY_LIMIT, UPCOMING_LIMIT
from conductr_player.testing import entries


def ids(queue: Queue) -> list[str]:
    return [entry.id for entry in queue.upcoming]


def test_an_entry_that_is_already_somewhere_is_not_added_again() -> None:
    queue = Queue().add(*entries("a", "b", "c")).advance(EndReason.FINISHED).advance(EndReason.FINISHED)
    assert queue.add(*entries("a", "b", "c")) == queue
    assert len(Queue().add(*entries("a"), *entries("a")).upcoming) == 1


def test_next_up_goes_in_front() -> None:
    queue = Queue().add(*entries("a", "b")).add(*entries("c", "d", start=2), next_up=True)
    assert ids(queue) == ["e2", "e3", "e0", "e1"]


def test_a_stranger_cannot_fill_memory() -> None:
    many = entries(*"x" * (UPCOMING_LIMIT + 10))
    queue = Queue().add(*many)
    assert len(queue.upcoming) == UPCOMING_LIMIT
    for _ in many:
        queue = queue.advance(EndReason.FINISHED)
    assert len(queue.history) == HISTORY_LIMIT


def test_a_finished_track_repeats_and_a_skipped_one_does_not() -> None:
    queue = Queue(loop=LoopMode.TRACK).add(*entries("a", "b")).advance(EndReason.FINISHED)
    assert queue.advance(EndReason.FINISHED) == queue
    after = queue.advance(EndReason.SKIPPED)
    assert after.current
    assert after.current.track.id == "b"


def test_the_looped_queue_goes_round() -> None:
    queue = Queue(loop=LoopMode.QUEUE).add(*entries("a", "b")).advance(EndReason.FINISHED)
    heard = list[str]()
    for _ in range(4):
        assert queue.current
        heard.append(queue.current.track.id)
        queue = queue.advance(EndReason.FINISHED)
    assert heard == ["a", "b", "a", "b"]


def test_back_returns_to_what_was_heard_and_the_current_waits_behind() -> None:
    queue = Queue().add(*entries("a", "b")).advance(EndReason.FINISHED).advance(EndReason.FINISHED).back()
    assert queue.current
    assert queue.current.id == "e0"
    assert ids(queue) == ["e1"]
    assert Queue().back() == Queue()


def test_move_clamps_and_remove_forgives() -> None:
    queue = Queue().add(*entries("a", "b", "c"))
    assert ids(queue.move(EntryId("e0"), 99)) == ["e1", "e2", "e0"]
    assert ids(queue.move(EntryId("e2"), -5)) == ["e2", "e0", "e1"]
    assert queue.move(EntryId("none"), 0) == queue
    assert queue.remove(EntryId("none")) == queue
    assert ids(queue.remove(EntryId("e1"))) == ["e0", "e2"]


def test_shuffling_keeps_every_entry_and_the_same_seed_the_same_order() -> None:
    queue = Queue().add(*entries(*"abcdefgh"))
    assert queue.shuffled(Random(1)) == queue.shuffled(Random(1)) != queue
    assert sorted(ids(queue.shuffled(Random(1)))) == sorted(ids(queue))


def test_what_becomes_known_of_a_track_reaches_every_place_it_stands_in() -> None:
    queue = Queue().add(*entries("a", "a", "a", "b")).advance(EndReason.FINISHED).advance(EndReason.FINISHED)
    described = queue.describe(Track(TrackId("a"), "Rain", 180.0))
    assert [entry.track.title for entry in described.entries()] == ["Rain", "Rain", "Rain", "b"]
