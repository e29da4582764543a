"""Where a wish stands while money may be spent, and what each move leads to. Pure: no clock, no I/O.

requested -> submitting -+-> submitted -> composing -> playable -> finished | failed
                         +-> requested    surely not accepted: another gateway, or later
                         +-> refused      surely not accepted, and it would be refused again
                         +-> unknown      nobody knows: found (submitted), absent (refused), taken (failed)
"""

from __future__ import annotations

from enum import StrEnum

from attrs import evolve, frozen

from conductr_store import AttemptState, GenerationState

NEVER_TAKEN = (None, AttemptState.REJECTED, AttemptState.NOT_ACCEPTED)  # nothing was paid for: it may be sent
UNSETTLED = (AttemptState.UNKNOWN, AttemptState.NEEDS_DECISION)
FOLLOWED = (GenerationState.SUBMITTED, GenerationState.COMPOSING, GenerationState.PLAYABLE)
IN_THE_MAKING = (GenerationState.SUBMITTING, *FOLLOWED)


class Quota(StrEnum):
    NONE = "none"  # nothing was reserved: the member's own key pays
    HELD = "held"
    USED = "used"
    RETURNED = "returned"


class Move(StrEnum):
    """What can happen to a wish."""

    BEGIN = "begin"  # a submission starts: written before a byte leaves
    ACCEPTED = "accepted"  # Suno named the task
    TURNED_AWAY = "turned away"  # surely not accepted, and the same wish may be sent again
    REFUSED = "refused"  # surely not accepted, and it would be refused again
    LOST = "lost"  # the answer: it may have been accepted, and paid for
    FOUND = "found"  # the task of a lost answer is known
    ABSENT = "absent"  # it was never taken
    TAKEN = "taken"  # it was, but its task will never be known
    UNDECIDED = "undecided"  # nothing settled it in time: a person has to
    AGAIN = "again"  # a person asks for a new attempt
    CANCEL = "cancel"
    WRITTEN = "written"  # its words are there
    HEARD = "heard"  # its first take is in the queue
    KEPT = "kept"  # the task ended, and what came of it is kept
    GONE = "gone"  # the task ended, and nothing came of it


class WrongMove(Exception):
    """It cannot happen to a wish that stands there: somebody else was quicker, or it is too late."""

    def __init__(self, move: Move, standing: Standing) -> None:
        super().__init__(f"{move} from {standing.state}, attempt {standing.attempt}")
        self.move, self.standing = move, standing


@frozen
class Standing:
    """A wish as far as money is concerned. `attempt` is the newest one's, None before the first."""

    state: GenerationState = GenerationState.REQUESTED
    attempt: AttemptState | None = None
    cancelled: bool = False
    quota: Quota = Quota.NONE

    def to(self, state: GenerationState, attempt: AttemptState | None = None) -> Standing:
        return evolve(self, state=state, attempt=attempt or self.attempt)

    def settled(self, quota: Quota) -> Standing:
        """What was held is used or given back; where nothing was, nothing changes."""
        return evolve(self, quota=quota) if self.quota is Quota.HELD else self


def after(standing: Standing, move: Move) -> Standing:
    """Raises WrongMove."""
    match standing.state:
        case GenerationState.REQUESTED:
            moved = _from_requested(standing, move)
        case GenerationState.SUBMITTING:
            moved = _from_submitting(standing, move)
        case GenerationState.SUBMITTED | GenerationState.COMPOSING | GenerationState.PLAYABLE:
            moved = _from_followed(standing, move)
        case GenerationState.UNKNOWN:
            moved = _from_unknown(standing, move)
        case GenerationState.REFUSED if move is Move.AGAIN and standing.attempt in NEVER_TAKEN:
            moved = evolve(standing, state=GenerationState.REQUESTED, cancelled=False, quota=Quota.NONE)
        case _:
            moved = None
    if moved is None:
        raise WrongMove(move, standing)
    return moved


def _from_requested(standing: Standing, move: Move) -> Standing | None:
    match move:
        case Move.BEGIN if standing.attempt in NEVER_TAKEN:
            return standing.to(GenerationState.SUBMITTING, AttemptState.SUBMITTING)
        case Move.REFUSED if standing.attempt in NEVER_TAKEN:  # it waited too long, or cannot be sent any more
            return standing.to(GenerationState.REFUSED).settled(Quota.RETURNED)
        case Move.CANCEL:
            return evolve(standing.to(GenerationState.REFUSED).settled(Quota.RETURNED), cancelled=True)
        case _:
            return None


def _from_submitting(standing: Standing, move: Move) -> Standing | None:
    match move:
        case Move.ACCEPTED | Move.FOUND:  # a callback may be quicker than the answer
            return standing.to(GenerationState.SUBMITTED, AttemptState.ACCEPTED)
        case Move.TURNED_AWAY if not standing.cancelled:
            return standing.to(GenerationState.REQUESTED, AttemptState.REJECTED)
        case Move.TURNED_AWAY | Move.REFUSED:
            return standing.to(GenerationState.REFUSED, AttemptState.REJECTED).settled(Quota.RETURNED)
        case Move.LOST:
            return standing.to(GenerationState.UNKNOWN, AttemptState.UNKNOWN)
        case Move.CANCEL:  # it may be on its way: what comes of it is kept, but not queued
            return evolve(standing, cancelled=True)
        case _:
            return None


def _from_followed(standing: Standing, move: Move) -> Standing | None:
    match move:
        case Move.WRITTEN if standing.state is GenerationState.SUBMITTED:
            return standing.to(GenerationState.COMPOSING)
        case Move.HEARD if not standing.cancelled and standing.state is not GenerationState.PLAYABLE:
            return standing.to(GenerationState.PLAYABLE)
        case Move.KEPT:
            return standing.to(GenerationState.FINISHED).settled(Quota.USED)
        case Move.GONE:
            return standing.to(GenerationState.FAILED).settled(Quota.RETURNED)
        case Move.CANCEL if standing.state is not GenerationState.PLAYABLE:
            return evolve(standing, cancelled=True)
        case _:
            return None


def _from_unknown(standing: Standing, move: Move) -> Standing | None:
    match move:
        case Move.FOUND if standing.attempt in UNSETTLED:
            return standing.to(GenerationState.SUBMITTED, AttemptState.ACCEPTED)
        case Move.ABSENT if standing.attempt in UNSETTLED:
            return standing.to(GenerationState.REFUSED, AttemptState.NOT_ACCEPTED).settled(Quota.RETURNED)
        case Move.TAKEN if standing.attempt in UNSETTLED:
            return standing.to(GenerationState.FAILED, AttemptState.ACCEPTED).settled(Quota.USED)
        case Move.ABSENT if standing.attempt is None:  # rows from before there were attempts
            return standing.to(GenerationState.REFUSED).settled(Quota.RETURNED)
        case Move.UNDECIDED if standing.attempt is AttemptState.UNKNOWN:
            return standing.to(GenerationState.UNKNOWN, AttemptState.NEEDS_DECISION)
        case Move.CANCEL:
            return evolve(standing, cancelled=True)
        case _:
            return None
