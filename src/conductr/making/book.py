"""Book: each move of a wish, written in one transaction with its attempt and its quota, then told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from logging import getLogger

from attrs import define, frozen

from conductr.bus import LocalBus
from conductr.messages import GenerationChanged
from conductr_store import Attempt, Generation, Store, UnitOfWork

from .deciding import Move, Quota, Standing, WrongMove, after

log = getLogger(__name__)


@frozen
class Entry:
    """A wish as it stands in the transaction that has locked it."""

    row: Generation
    attempt: Attempt | None  # the newest

    @property
    def standing(self) -> Standing:
        return Standing(
            self.row.state,
            None if self.attempt is None else self.attempt.state,
            cancelled=self.row.cancelled_at is not None,
            quota=Quota.NONE if self.row.quota_ref is None else Quota.HELD,
        )


@define(eq=False)
class Book:
    """`owner` names this process in the leases of rows."""

    store: Store
    bus: LocalBus
    owner: str
    lease: timedelta
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def move(
        self,
        generation_id: str,
        move: Move,
        *,
        mine: bool = True,
        attempt_id: str | None = None,
        task_id: str | None = None,
        reason: str | None = None,
        due_in: timedelta | None = None,
        keep_lease: bool = False,
    ) -> Generation:
        """The row after the move, which lets go of its lease but for `keep_lease`; due again at once or `due_in`.

        `mine`: only while this process holds the lease. `attempt_id`: only while that attempt is the newest.
        Raises NotFound, LeaseLost, WrongMove.
        """

        async def write(tx: UnitOfWork) -> tuple[Generation, Generation]:
            entry = await self.open(tx, generation_id, mine=mine)
            if attempt_id is not None and (entry.attempt is None or entry.attempt.id != attempt_id):
                raise WrongMove(move, entry.standing)
            then = after(entry.standing, move)
            changes: dict[str, object] = {} if keep_lease else {"lease_owner": None, "lease_until": None}
            if task_id is not None:
                changes["task_id"] = task_id
            if reason is not None or then.state is not entry.row.state:
                changes["reason"] = reason
            await self.settle_attempt(tx, entry, then, task_id=task_id, reason=reason)
            return entry.row, await self.close(tx, entry, then, due_in=due_in, **changes)

        before, row = await self.store.run(write)
        self.tell(before, row)
        return row

    async def open(self, tx: UnitOfWork, generation_id: str, *, mine: bool) -> Entry:
        """Locks the row until the transaction ends. Raises NotFound, LeaseLost."""
        row = await tx.generations.update(generation_id, expected_owner=self.owner if mine else None)
        attempts = await tx.attempts.of_generation(generation_id)
        return Entry(row, attempts[-1] if attempts else None)

    async def settle_attempt(
        self, tx: UnitOfWork, entry: Entry, then: Standing, *, task_id: str | None, reason: str | None
    ) -> None:
        if entry.attempt is not None and then.attempt is not None and then.attempt is not entry.attempt.state:
            await tx.attempts.settle(entry.attempt.id, then.attempt, task_id=task_id, reason=reason)

    async def close(
        self, tx: UnitOfWork, entry: Entry, then: Standing, *, due_in: timedelta | None = None, **changes: object
    ) -> Generation:
        """Write where it stands now; what the ledger held for it is used or given back in the same transaction."""
        ref = entry.row.quota_ref
        if ref is not None and then.quota in (Quota.USED, Quota.RETURNED):
            await (tx.ledger.consume(ref) if then.quota is Quota.USED else tx.ledger.release(ref))
            changes["quota_ref"] = None
        if then.cancelled != (entry.row.cancelled_at is not None):
            changes["cancelled_at"] = self.now() if then.cancelled else None
        return await tx.generations.change(entry.row.id, {**changes, "state": then.state}, due_in=due_in)

    async def put_off(self, row: Generation, due_in: timedelta) -> Generation:
        """Let go of a row until later, where it stands. Raises LeaseLost."""
        async with self.store.begin() as tx:
            return await tx.generations.update(row.id, expected_owner=self.owner, lease_owner=None, due_in=due_in)

    async def read(self, generation_id: str) -> Entry:
        """Raises NotFound."""
        async with self.store.begin() as tx:
            row = await tx.generations.get(generation_id)
            attempts = await tx.attempts.of_generation(generation_id)
        return Entry(row, attempts[-1] if attempts else None)

    def tell(self, before: Generation, row: Generation) -> None:
        """Everyone who listens, where something that people are shown has changed."""
        if (before.state, before.cancelled_at, before.reason) != (row.state, row.cancelled_at, row.reason):
            self.bus.publish(GenerationChanged(row.guild_id, row.id, row.state.value))
