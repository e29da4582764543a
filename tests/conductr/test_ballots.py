"""Votes of a room: about one play, counted among those who listen."""

from __future__ import annotations

from conductr.ballots import Ballots, Count
from conductr.messages import ToVote
from conductr_player import EntryId, Jump, Skip

SKIP = Skip(1, 3)


def vote(voter_id: int, play_id: int = 3, command: Skip | Jump = SKIP) -> ToVote:
    return ToVote(11, "jump" if isinstance(command, Jump) else "skip", play_id, voter_id, command)


def among(*ids: int, ratio: float = 0.5) -> Count:
    return Count(frozenset(ids), len(ids), ratio)


def test_enough_of_those_who_listen_decide() -> None:
    ballots = Ballots()
    subject = ballots.cast(vote(1))
    assert ballots.standing(subject, among(1, 2, 3, 4)) == (1, 2)
    assert ballots.take_passed(3, among(1, 2, 3, 4)) == ()
    ballots.cast(vote(2))
    passed = ballots.take_passed(3, among(1, 2, 3, 4))
    assert [(motion.command, motion.subject) for motion in passed] == [(SKIP, subject)]
    assert ballots.take_passed(3, among(1, 2, 3, 4)) == (), "it is done once"


def test_a_second_press_takes_the_vote_back() -> None:
    ballots = Ballots()
    subject = ballots.cast(vote(1))
    assert ballots.voted(subject, 1)
    ballots.cast(vote(1))
    assert not ballots.voted(subject, 1)
    assert ballots.views(3, among(1, 2, 3)) == ()


def test_a_vote_may_pass_by_somebodys_leaving_and_fall_by_the_voters_own() -> None:
    ballots = Ballots()
    ballots.cast(vote(1))
    ballots.left(frozenset({1, 2}))
    assert ballots.take_passed(3, among(1, 2)) != ()
    ballots.cast(vote(1))
    ballots.left(frozenset({2, 3}))
    assert ballots.take_passed(3, among(2)) == ()


def test_a_vote_about_an_older_play_is_void() -> None:
    ballots = Ballots()
    ballots.cast(vote(1))
    assert ballots.take_passed(4, among(1, 2)) == ()
    ballots.cast(vote(2, play_id=4))
    assert [view.have for view in ballots.views(4, among(1, 2, 3))] == [1]


def test_to_jump_to_another_song_is_another_vote() -> None:
    ballots = Ballots()
    ballots.cast(vote(1, command=Jump(EntryId("a"))))
    ballots.cast(vote(2, command=Jump(EntryId("b"))))
    assert sorted(view.have for view in ballots.views(3, among(1, 2, 3))) == [1, 1]
    assert ballots.take_passed(3, among(1, 2, 3)) == ()


def test_where_only_the_number_of_listeners_is_known_it_counts() -> None:
    ballots = Ballots()
    subject = ballots.cast(vote(1))
    assert ballots.standing(subject, Count(frozenset(), 4, 0.5)) == (1, 2)
