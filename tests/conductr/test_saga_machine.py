"""Where a wish stands while money may be spent: held to the rules on every walk that hypothesis finds."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from conductr.making.deciding import (
    FOLLOWED,
    NEVER_TAKEN,
    UNSETTLED,
    Move,
    Quota,
    Standing,
    WrongMove,
    after,
)
from conductr_store import AttemptState, GenerationState

LIVE = {AttemptState.SUBMITTING, AttemptState.UNKNOWN, AttemptState.NEEDS_DECISION, AttemptState.ACCEPTED}
ANSWERS = (Move.ACCEPTED, Move.TURNED_AWAY, Move.REFUSED, Move.LOST)


class OneWish(RuleBasedStateMachine):
    """Any move at any time; what Suno has really taken is known here, and never to the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing(quota=Quota.HELD)
        self.paid_for = 0
        self.forgiven = 0  # submissions that a person said were never taken
        self.truly_taken = False

    @rule(move=st.sampled_from([move for move in Move if move not in (Move.BEGIN, *ANSWERS, Move.ABSENT)]))
    def anything_may_be_tried(self, move: Move) -> None:
        before = self.standing
        try:
            self.standing = after(before, move)
        except WrongMove:
            assert self.standing is before
            return
        if move is Move.AGAIN:
            self.standing = Standing(self.standing.state, self.standing.attempt, quota=Quota.HELD)

    @rule(taken=st.booleans(), move=st.sampled_from(ANSWERS))
    @precondition(lambda self: self.standing.state is GenerationState.REQUESTED)
    def sent(self, move: Move, *, taken: bool) -> None:
        """Suno's answer fits what it did, or is lost."""
        if self.standing.attempt not in NEVER_TAKEN:
            pytest.fail("a wish waits to be sent although an earlier submission may have been taken")
        self.standing = after(self.standing, Move.BEGIN)
        taken = move is Move.ACCEPTED or (move is Move.LOST and taken)
        self.paid_for += taken
        self.truly_taken = taken
        self.standing = after(self.standing, move)

    @rule()
    @precondition(lambda self: self.standing.attempt in UNSETTLED)
    def a_person_says_it_was_never_taken(self) -> None:
        self.standing = after(self.standing, Move.ABSENT)
        self.forgiven += self.truly_taken

    @invariant()
    def paid_for_once_unless_a_person_erred(self) -> None:
        assert self.paid_for - self.forgiven <= 1

    @invariant()
    def a_lost_answer_is_not_forgotten(self) -> None:
        """While Suno may have taken it, the wish never waits to be sent."""
        if self.standing.attempt in LIVE:
            assert self.standing.state is not GenerationState.REQUESTED

    @invariant()
    def quota_is_held_exactly_while_something_may_come_of_it(self) -> None:
        held = self.standing.quota is Quota.HELD
        assert held == (not self.standing.state.final or self.standing.state is GenerationState.UNKNOWN)

    @invariant()
    def only_what_suno_took_is_followed(self) -> None:
        if self.standing.state in (*FOLLOWED, GenerationState.FINISHED):
            assert self.standing.attempt is AttemptState.ACCEPTED

    @invariant()
    def what_was_cancelled_before_it_left_costs_nothing(self) -> None:
        if self.standing.state is GenerationState.REFUSED:
            assert self.standing.quota is Quota.RETURNED
            assert self.standing.attempt in NEVER_TAKEN


OneWish.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestOneWish = OneWish.TestCase


@pytest.mark.parametrize("state", list(GenerationState))
@pytest.mark.parametrize("attempt", [None, *AttemptState])
def test_what_has_ended_moves_no_more_but_by_a_persons_word(
    state: GenerationState, attempt: AttemptState | None
) -> None:
    if not state.final or state is GenerationState.UNKNOWN:
        return
    for move in Move:
        if move is Move.AGAIN and state is GenerationState.REFUSED and attempt in NEVER_TAKEN:
            continue
        with pytest.raises(WrongMove):
            after(Standing(state, attempt), move)


@pytest.mark.parametrize("attempt", sorted(LIVE))
def test_nothing_is_sent_again_while_it_may_have_been_taken(attempt: AttemptState) -> None:
    for state in GenerationState:
        for move in (Move.BEGIN, Move.AGAIN):
            with pytest.raises(WrongMove):
                after(Standing(state, attempt), move)


def test_a_song_that_was_cancelled_on_its_way_is_kept_but_not_queued() -> None:
    standing = after(after(Standing(), Move.BEGIN), Move.CANCEL)
    standing = after(standing, Move.ACCEPTED)
    with pytest.raises(WrongMove):
        after(standing, Move.HEARD)
    assert after(standing, Move.KEPT).state is GenerationState.FINISHED


def test_a_cancelled_wish_that_is_turned_away_does_not_wait_again() -> None:
    standing = after(after(after(Standing(quota=Quota.HELD), Move.BEGIN), Move.CANCEL), Move.TURNED_AWAY)
    assert (standing.state, standing.quota) == (GenerationState.REFUSED, Quota.RETURNED)
