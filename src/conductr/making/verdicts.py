"""What an answer to a submission means, and what a lost one comes to. Pure: no clock, no I/O."""

from __future__ import annotations

from enum import StrEnum

from attrs import evolve, frozen

from conductr.health import goes_elsewhere
from suno_client import InvalidRequest, Maintenance, NotSent, Refused, SunoError, TooMany

from .deciding import Move

TOO_MANY_FLOOR_S = 10.0  # the gateway's window (suno.md 2A.2)
TOO_MANY_CEILING_S = 300.0  # what it may ask for and get
TOO_MANY_TRIES = 5
DOWN_S = 60.0  # between two probes of a gateway that is closed
DOWN_TRIES = 30
UNDECIDED_AFTER_S = 600.0  # longer than a song takes: its callback would have come


@frozen
class Verdict:
    """`elsewhere`: another gateway may be asked at once. `wait_s`: the same may be asked again, so often (`tries`)."""

    move: Move
    elsewhere: bool = False
    wait_s: float | None = None
    tries: int = 1


def verdict(error: SunoError | None, *, own_key: bool = False) -> Verdict:
    """What the answer itself says; `error` is None where Suno named a task. `own_key`: the member's own was used."""
    match error:
        case None:
            return Verdict(Move.ACCEPTED)
        case Maintenance():
            return Verdict(Move.TURNED_AWAY, elsewhere=True, wait_s=DOWN_S, tries=DOWN_TRIES)
        case TooMany():
            wait_s = min(max(error.retry_after_s, TOO_MANY_FLOOR_S), TOO_MANY_CEILING_S)
            return Verdict(Move.TURNED_AWAY, wait_s=wait_s, tries=TOO_MANY_TRIES)
        case NotSent() | Refused() | InvalidRequest():
            return Verdict(Move.REFUSED, elsewhere=goes_elsewhere(error, own_key=own_key))
        case _:  # Unanswered, Misunderstood, and whatever else: it may have been charged
            return Verdict(Move.LOST)


def final(said: Verdict, *, tried: int, another: bool) -> Verdict:
    """The verdict once it is known how often was tried (this one counts), and whether `another` gateway is there.

    Its move is TURNED_AWAY with `elsewhere` (go on there), TURNED_AWAY with `wait_s` (later), or an end.
    """
    if said.move in (Move.ACCEPTED, Move.LOST):
        return Verdict(said.move)
    if said.elsewhere and another:
        return Verdict(Move.TURNED_AWAY, elsewhere=True)
    if said.wait_s is not None and tried < said.tries:
        return evolve(said, move=Move.TURNED_AWAY, elsewhere=False)
    return Verdict(Move.REFUSED)


class Leaning(StrEnum):
    TAKEN = "taken"
    NOT_TAKEN = "not taken"
    NO_IDEA = "no idea"


@frozen
class Traces:
    """What can be seen of a submission whose answer was lost, so many seconds after it was sent.

    `alone`: no other submission went out with that key since; another one's price would hide ours.
    """

    since_s: float
    credit_before: int | None = None
    credit_now: int | None = None
    alone: bool = False


def leaning(traces: Traces) -> Leaning:
    """What the balance speaks for. No proof: when gateways debit is not established (reliability.md 6)."""
    if traces.credit_before is None or traces.credit_now is None or not traces.alone:
        return Leaning.NO_IDEA
    if traces.credit_now < traces.credit_before:
        return Leaning.TAKEN
    return Leaning.NOT_TAKEN if traces.credit_now == traces.credit_before else Leaning.NO_IDEA


def reconcile(traces: Traces, *, trust_balance: bool = False) -> Move | None:
    """What to do with it; None: wait for its callback. It is never sent again by itself, whatever this says.

    `trust_balance` lets an unmoved balance stand for "never taken"; off until it is known when gateways debit.
    """
    if traces.since_s < UNDECIDED_AFTER_S:
        return None
    if trust_balance and leaning(traces) is Leaning.NOT_TAKEN:
        return Move.ABSENT
    return Move.UNDECIDED
