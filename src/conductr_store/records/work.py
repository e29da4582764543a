"""Work: paid attempts, jobs, quota, commands and notices, each as far as it has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.converters import optional

from .moments import utc


class AttemptState(StrEnum):
    """What is known of one submission that may cost money. It only moves forward."""

    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_ACCEPTED = "not_accepted"
    NEEDS_DECISION = "needs_decision"

    @property
    def live(self) -> bool:
        """The provider has it, or may have it: no other attempt of its generation may begin."""
        return self in LIVE_STATES

    def may_become(self, state: AttemptState) -> bool:
        return state in FORWARD.get(self, frozenset())


LIVE_STATES = (
    AttemptState.SUBMITTING,
    AttemptState.ACCEPTED,
    AttemptState.UNKNOWN,
    AttemptState.NEEDS_DECISION,
)
SETTLED_STATES = (AttemptState.ACCEPTED, AttemptState.REJECTED, AttemptState.NOT_ACCEPTED)
FORWARD: Mapping[AttemptState, frozenset[AttemptState]] = {
    AttemptState.SUBMITTING: frozenset(AttemptState) - {AttemptState.SUBMITTING},
    AttemptState.UNKNOWN: frozenset({AttemptState.ACCEPTED, AttemptState.NOT_ACCEPTED, AttemptState.NEEDS_DECISION}),
    AttemptState.NEEDS_DECISION: frozenset({AttemptState.ACCEPTED, AttemptState.NOT_ACCEPTED}),
}


@frozen(kw_only=True)
class Attempt:
    """One submission to a provider, written before any byte of it leaves.

    `number` counts from 1 within its generation. `nonce_hash` is of the secret in the callback's address, which itself
    is kept nowhere. `credit_before` is the provider's balance just before; `settled_at` is when the outcome was sure.
    """

    id: str
    generation_id: str
    number: int
    provider: str
    nonce_hash: str
    key_id: str | None = None
    credit_before: int | None = None
    task_id: str | None = None
    state: AttemptState = field(default=AttemptState.SUBMITTING, converter=AttemptState)
    reason: str | None = None
    submitted_at: datetime = field(converter=utc)
    settled_at: datetime | None = field(default=None, converter=optional(utc))


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@frozen(kw_only=True)
class Job:
    """One piece of work, known by `kind` and `key`, which one worker at a time does under a lease.

    `lease_epoch` grows with each claim: whoever writes a result names the epoch that it was given. `attempt` counts
    the claims that ended badly or have not ended. `due_at` of one that has ended is when it did.
    """

    id: str
    kind: str
    key: str
    state: JobState = field(default=JobState.WAITING, converter=JobState)
    payload: Mapping[str, object] | None = None
    attempt: int = 0
    max_attempts: int
    due_at: datetime = field(converter=utc)
    lease_owner: str | None = None
    lease_epoch: int = 0
    lease_until: datetime | None = field(default=None, converter=optional(utc))
    last_error: str | None = None
    created_at: datetime = field(converter=utc)


class LedgerKind(StrEnum):
    GRANT = "grant"
    RESERVE = "reserve"
    CONSUME = "consume"
    RELEASE = "release"
    REFUND = "refund"


@frozen
class LedgerEntry:
    """One line of a step of the ledger. A step is known by `ref` and `kind`, and has a line for each account."""

    ref: str
    kind: LedgerKind = field(converter=LedgerKind)
    line: int
    account: str
    amount: int
    written_at: datetime = field(converter=utc)


@frozen
class Balance:
    """Always `granted == available + reserved + consumed`. A grant that was lowered may leave `available` below 0."""

    granted: int
    available: int
    reserved: int
    consumed: int

    @property
    def left(self) -> int:
        """What may still be reserved; never below 0."""
        return max(0, self.available)


class CommandStatus(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    REFUSED = "refused"


@frozen(kw_only=True)
class Command:
    """What somebody wants of a guild's player, under an id that its sender chose, so that a repeat is known."""

    id: str
    guild_id: int
    actor_id: int
    kind: str
    args: Mapping[str, object]
    status: CommandStatus = field(default=CommandStatus.WAITING, converter=CommandStatus)
    result: Mapping[str, object] | None = None
    lease_owner: str | None = None
    lease_epoch: int = 0
    lease_until: datetime | None = field(default=None, converter=optional(utc))
    created_at: datetime = field(converter=utc)
    settled_at: datetime | None = field(default=None, converter=optional(utc))


class NoticeState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


@frozen(kw_only=True)
class Notice:
    """One message to people, known by `dedupe`. Where `message_id` is known, a newer body is an edit of that message.

    `revision` grows with each change of what it says; `claimed_revision` is the one that a sender was given.
    """

    id: str
    dedupe: str
    target: Mapping[str, object]
    kind: str
    body: Mapping[str, object]
    state: NoticeState = field(default=NoticeState.WAITING, converter=NoticeState)
    message_id: int | None = None
    revision: int = 1
    claimed_revision: int | None = None
    attempt: int = 0
    due_at: datetime = field(converter=utc)
    lease_owner: str | None = None
    lease_epoch: int = 0
    lease_until: datetime | None = field(default=None, converter=optional(utc))
    last_error: str | None = None
    created_at: datetime = field(converter=utc)
