"""Attempts: each submission that may cost money, written before it is made."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from attrs import frozen
from sqlalchemy import and_, or_, select, update

from conductr_store.clock import moment
from conductr_store.errors import Conflict, NotFound, Settled
from conductr_store.link import Link
from conductr_store.records import SETTLED_STATES, Attempt, AttemptState
from conductr_store.tables import LIVE, UNSURE, attempts

COLUMNS = attempts.c
BALANCE_READ = timedelta(seconds=10)  # longest before a submission that the balance of before it was read
MAY_BE_CHARGED = timedelta(hours=1)  # longest after a submission that it may cost something yet


@frozen(eq=False)
class Attempts:
    _link: Link

    async def begin(
        self,
        generation_id: str,
        *,
        provider: str,
        nonce_hash: str,
        key_id: str | None = None,
        credit_before: int | None = None,
    ) -> Attempt:
        """A new attempt, SUBMITTING. Commit it before any byte leaves.

        Raises Conflict where one of the generation is live, and Orphan where the generation is not there.
        """
        earlier = await self.of_generation(generation_id)
        begun = self._link.insert(attempts).values(
            id=uuid4().hex,
            generation_id=generation_id,
            number=1 + len(earlier),
            provider=provider,
            nonce_hash=nonce_hash,
            key_id=key_id,
            credit_before=credit_before,
            state=AttemptState.SUBMITTING,
            submitted_at=moment(self._link),
        )
        made = await self._link.row(begun.on_conflict_do_nothing().returning(*COLUMNS))
        if made is None:  # one is live, was begun this moment by another, or has that nonce
            raise Conflict("live attempt of the generation", generation_id)
        return Attempt(**made)

    async def settle(
        self,
        id: str,  # noqa: A002 - it is the row's id
        state: AttemptState,
        *,
        task_id: str | None = None,
        reason: str | None = None,
    ) -> Attempt:
        """What became of it. The same state again changes nothing, but a missing task is filled in.

        Raises NotFound, Settled where it would move backward or has another task, and Conflict where another attempt
        has that task.
        """
        known = await self._get(id, lock=True)
        if known.state is not state and not known.state.may_become(state):
            raise Settled("attempt", id, known.state)
        if None not in (known.task_id, task_id) and known.task_id != task_id:
            raise Settled("attempt", id, f"{known.state} as another task")
        task = known.task_id or task_id
        if (known.state, known.task_id) == (state, task):
            return known
        await self._not_anothers(known, task)
        news: dict[str, object] = {"state": state, "task_id": task, "reason": reason or known.reason}
        if known.state is not state and state in SETTLED_STATES:
            news["settled_at"] = moment(self._link)
        row = await self._link.row(update(attempts).where(COLUMNS.id == id).values(news).returning(*COLUMNS))
        if row is None:
            raise NotFound("attempt", id)
        return Attempt(**row)

    async def get(self, id: str) -> Attempt:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        return await self._get(id, lock=False)

    async def by_nonce_hash(self, nonce_hash: str) -> Attempt | None:
        row = await self._link.row(select(attempts).where(COLUMNS.nonce_hash == nonce_hash))
        return None if row is None else Attempt(**row)

    async def by_task(self, provider: str, task_id: str) -> Attempt | None:
        found = select(attempts).where(COLUMNS.provider == provider, COLUMNS.task_id == task_id)
        row = await self._link.row(found)
        return None if row is None else Attempt(**row)

    async def of_generation(self, generation_id: str) -> tuple[Attempt, ...]:
        """In the order in which they were begun."""
        found = select(attempts).where(COLUMNS.generation_id == generation_id).order_by(COLUMNS.number)
        return tuple([Attempt(**row) for row in await self._link.rows(found)])

    async def live(self, generation_id: str) -> Attempt | None:
        """The one that the provider has or may have."""
        row = await self._link.row(select(attempts).where(COLUMNS.generation_id == generation_id, LIVE))
        return None if row is None else Attempt(**row)

    async def unknown(self, limit: int, older_than: timedelta = timedelta(0)) -> tuple[Attempt, ...]:
        """Attempts of which nothing is sure, submitted at least `older_than` ago, the oldest first."""
        old = COLUMNS.submitted_at <= moment(self._link, -older_than)
        found = select(attempts).where(UNSURE, old).order_by(COLUMNS.submitted_at, COLUMNS.id)
        return tuple([Attempt(**row) for row in await self._link.rows(found.limit(max(0, limit)))])

    async def others_beside(self, attempt: Attempt) -> bool:
        """Whether anything else was under way with its key since then: another one's price would hide its own."""
        began = attempt.submitted_at - BALANCE_READ
        open_then = and_(COLUMNS.settled_at.is_(None), COLUMNS.submitted_at >= attempt.submitted_at - MAY_BE_CHARGED)
        other = select(COLUMNS.id).where(
            COLUMNS.provider == attempt.provider,
            COLUMNS.key_id.is_not_distinct_from(attempt.key_id),
            or_(COLUMNS.settled_at >= began, COLUMNS.submitted_at >= attempt.submitted_at, open_then),
            COLUMNS.id != attempt.id,
        )
        return await self._link.row(other.limit(1)) is not None

    async def _not_anothers(self, known: Attempt, task_id: str | None) -> None:
        other = None if task_id is None else await self.by_task(known.provider, task_id)
        if other is not None and other.id != known.id:
            raise Conflict("attempt with that task", task_id)

    async def _get(self, id: str, *, lock: bool) -> Attempt:  # noqa: A002 - it is the row's id
        wanted = select(attempts).where(COLUMNS.id == id)
        row = await self._link.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise NotFound("attempt", id)
        return Attempt(**row)
