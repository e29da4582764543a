"""When the watchdog speaks, and that it never does without cause."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from conductr_player import Enqueue, LinkLost, LoopMode, Pause, PlaybackState, Session, step
from conductr_player.core.queue import Queue
from conductr_player.core.rules import PauseCause
from conductr_player.core.tracks import FILE_WITHIN_S
from conductr_player.core.watchdog import (
    BACK_OFF_S,
    LOOKED_AWAY_S,
    OVERTAKEN_AFTER_S,
    STILL_AT_MOST_S,
    AskReconnect,
    Overtake,
    Remedy,
    Reopen,
    Watch,
    look,
    on_duty,
)
from conductr_player.testing import entries

A, B = entries("a", "b")
PLAYING = Session(queue=Queue(current=A), state=PlaybackState.PLAYING)
LOST = evolve(PLAYING, linked=False, state=PlaybackState.PAUSED, paused_by=frozenset({PauseCause.OUTAGE}))
SILENT_BY_INTENT = [
    evolve(PLAYING, state=PlaybackState.IDLE),
    evolve(PLAYING, state=PlaybackState.PAUSED),
    evolve(PLAYING, state=PlaybackState.WAITING),
    LOST,
]


@frozen
class Second:
    """What there is to see for so many seconds, one look a second."""

    seconds: int = 1
    session: Session = PLAYING
    flows: bool = False
    waiting: bool = False
    cut_off: bool = False
    lasts_s: float = 1.0
    deserted: bool = False
    refused: bool = False


@frozen
class Told:
    """What was said, and when."""

    said: list[tuple[float, Remedy]]
    watch: Watch


def seen_in(each: Second, watch: Watch, packets_sent: int, now: float) -> tuple[Watch, Remedy | None]:
    return look(
        watch,
        each.session,
        packets_sent,
        now,
        waiting=each.waiting,
        deserted=each.deserted,
        cut_off=each.cut_off,
        refused=each.refused,
    )


def watched(*script: Second) -> Told:
    now, packets_sent, watch = 100.0, 0, Watch()
    said = list[tuple[float, Remedy]]()
    for each in script:
        for _ in range(each.seconds):
            now += each.lasts_s
            packets_sent += 50 if each.flows else 0
            watch, remedy = seen_in(each, watch, packets_sent, now)
            if remedy is not None:
                said.append((now - 100.0, remedy))
    return Told(said, watch)


def test_while_packets_flow_it_says_nothing() -> None:
    assert watched(Second(1_000, flows=True)).said == []


def test_packets_that_stop_have_the_track_opened_again_and_then_a_new_connection_asked_for() -> None:
    told = watched(Second(10, flows=True), Second(100))
    at = [seconds - 10 for seconds, _ in told.said]
    assert [remedy for _, remedy in told.said] == [Reopen(), *[AskReconnect()] * (len(at) - 1)]
    first = BACK_OFF_S[0]
    assert at[:2] == [STILL_AT_MOST_S, 2 * STILL_AT_MOST_S]
    assert [later - sooner for sooner, later in pairwise(at[1:])] == [first, 2 * first, 4 * first]
    assert (told.watch.reopened, told.watch.reconnects_asked) == (1, 4)


def test_it_never_asks_more_seldom_than_every_five_minutes() -> None:
    at = [seconds for seconds, _ in watched(Second(4_000)).said]
    assert max(later - sooner for sooner, later in pairwise(at)) == BACK_OFF_S[1]


def test_a_packet_that_leaves_is_the_end_of_it() -> None:
    told = watched(Second(1, flows=True), Second(30), Second(1, flows=True), Second(4))
    assert told.said[-1] == (1 + 30 + 1 + 3, Reopen()), "it begins with the mildest again"


def test_less_than_three_seconds_are_nothing() -> None:
    assert watched(*[Second(1, flows=True), Second(2)] * 20).said == []


@pytest.mark.parametrize("session", SILENT_BY_INTENT)
def test_silence_that_is_meant_is_no_stall(session: Session) -> None:
    assert watched(Second(2, flows=True), Second(10_000, session)).said == []
    assert not on_duty(session, cut_off=False)


def test_music_that_nobody_could_hear_waits_for_ever() -> None:
    assert watched(Second(2, flows=True), Second(10_000, deserted=True)).said == []


def test_a_pause_does_not_count_towards_a_stall() -> None:
    paused = Second(50, SILENT_BY_INTENT[1])
    assert watched(Second(1, flows=True), Second(2), paused, Second(2), paused, Second(2)).said == []


def test_a_growing_song_is_waited_for_until_its_file_must_have_come_and_then_opened_again() -> None:
    assert watched(Second(1, flows=True), Second(int(FILE_WITHIN_S), waiting=True)).said == []
    told = watched(Second(1, flows=True), Second(1_900, waiting=True))
    assert [remedy for _, remedy in told.said] == [Reopen()] * 3, "a new connection would not help"
    assert told.said[0][0] == 1 + FILE_WITHIN_S + 1


def test_one_that_waits_is_overtaken_by_what_can_be_heard_but_for_a_loop() -> None:
    two = evolve(PLAYING, queue=Queue(current=A, upcoming=(B,)))
    told = watched(Second(1, flows=True), Second(int(OVERTAKEN_AFTER_S) + 1, two, waiting=True))
    assert told.said == [(1 + OVERTAKEN_AFTER_S + 1, Overtake())]
    for alone in (
        evolve(two, queue=evolve(two.queue, loop=LoopMode.TRACK)),
        evolve(two, queue=evolve(two.queue, upcoming=(evolve(B, track=evolve(B.track, playable=False)),))),
        evolve(two, queue=evolve(two.queue, upcoming=(evolve(B, resume_s=3.0),))),
    ):
        assert watched(Second(1, flows=True), Second(int(FILE_WITHIN_S), alone, waiting=True)).said == []


def test_packets_that_are_refused_are_no_fault_of_the_track() -> None:
    hiccup = [Second(20, flows=True), Second(4, refused=True)]
    assert [remedy for _, remedy in watched(*hiccup, *hiccup).said] == [AskReconnect()] * 2
    told = watched(Second(1, flows=True), Second(1_000, refused=True))
    assert {remedy for _, remedy in told.said} == {AskReconnect()}
    first = BACK_OFF_S[0]
    assert [at - 1 for at, _ in told.said][:3] == [
        STILL_AT_MOST_S,
        STILL_AT_MOST_S + first,
        STILL_AT_MOST_S + 3 * first,
    ]


def test_a_link_that_was_lost_while_nothing_played_is_asked_for_once_something_could() -> None:
    idle, _ = step(Session(), LinkLost(), 0)
    assert watched(Second(500, idle, cut_off=True)).said == [], "nobody misses it"
    ready, _ = step(idle, Enqueue((A,)), 0)
    assert ready.state is PlaybackState.IDLE
    assert watched(Second(5, flows=True), Second(9, ready, cut_off=True)).said == [(6.0, AskReconnect())]
    assert watched(Second(500, evolve(ready, at_rest=True), cut_off=True)).said == []
    assert watched(Second(500, step(ready, Pause(PauseCause.EMPTY), 0)[0], cut_off=True)).said == []


def test_an_output_that_was_cut_off_needs_a_new_connection_at_once() -> None:
    told = watched(Second(5, flows=True), Second(30, LOST, cut_off=True))
    assert {remedy for _, remedy in told.said} == {AskReconnect()}
    assert [seconds for seconds, _ in told.said] == [6, 6 + BACK_OFF_S[0]]
    by_hand = evolve(LOST, paused_by=LOST.paused_by | {PauseCause.USER})
    assert watched(Second(500, by_hand, cut_off=True)).said == [], "nobody misses it"


def test_a_time_in_which_we_stood_still_ourselves_counts_for_nothing() -> None:
    assert watched(Second(1, flows=True), Second(1, lasts_s=3_600.0), Second(2)).said == []
    assert watched(Second(1, flows=True), Second(1, lasts_s=LOOKED_AWAY_S)).said != []


seconds = st.builds(
    Second,
    st.integers(1, 40),
    st.sampled_from([PLAYING, evolve(PLAYING, state=PlaybackState.LOADING), *SILENT_BY_INTENT]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1.0, 1.0, 0.97, 1.5, 60.0]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(seconds, max_size=20))
def test_whatever_comes_it_speaks_only_of_a_stall_and_keeps_its_intervals(script: list[Second]) -> None:
    """Looked at in the whole: each remedy was due, and each is counted."""
    now, packets_sent, watch = 0.0, 0, Watch()
    still_s, asked_at, tries, counts = 0.0, float("-inf"), 0, Counter[type[Remedy]]()
    for each in script:
        for _ in range(each.seconds):
            now += each.lasts_s
            packets_sent += 50 if each.flows else 0
            watch, remedy = seen_in(each, watch, packets_sent, now)
            duty = on_duty(each.session, cut_off=each.cut_off)
            still_s = (
                0.0
                if each.flows or each.deserted or not duty or each.lasts_s > LOOKED_AWAY_S
                else still_s + each.lasts_s
            )
            tries = 0 if each.flows else tries
            if remedy is None:
                continue
            counts[type(remedy)] += 1
            assert still_s > 0, "only of a stall"
            if isinstance(remedy, AskReconnect):
                assert tries == 0 or now - asked_at >= STILL_AT_MOST_S
                asked_at, tries = now, tries + 1
            else:
                assert still_s >= STILL_AT_MOST_S
                assert not each.cut_off
                assert each.waiting or not each.refused
    assert (watch.reopened, watch.reconnects_asked) == (counts[Reopen], counts[AskReconnect])


@given(st.lists(seconds, max_size=10))
def test_whatever_came_before_a_lasting_stall_is_found(before: list[Second]) -> None:
    told = watched(*before, Second(1, flows=True), Second(7))
    assert [remedy for _, remedy in told.said[-2:]] == [Reopen(), AskReconnect()]
