"""Jobs: work that outlives processes, done by one worker at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import uuid4

from attrs import frozen
from sqlalchemy import and_, case, delete, func, select, update

from conductr_store.clock import AT_ONCE, moment
from conductr_store.errors import LeaseLost, NotFound
from conductr_store.faults import faultpoint
from conductr_store.link import Link
from conductr_store.records import Job, JobState
from conductr_store.tables import OPEN, jobs

from .leasing import lease_out, unleased

COLUMNS = jobs.c
MAX_ATTEMPTS = 20
NEVER_CAME_BACK = "its last worker never came back"


@frozen(eq=False)
class Jobs:
    _link: Link

    async def put(
        self,
        kind: str,
        key: str,
        payload: Mapping[str, object] | None = None,
        *,
        due_in: timedelta = AT_ONCE,
        max_attempts: int = MAX_ATTEMPTS,
    ) -> Job:
        """A new job, or the known one as it is, whatever has become of it."""
        new = self._link.insert(jobs).values(
            id=uuid4().hex,
            kind=kind,
            key=key,
            state=JobState.WAITING,
            payload=None if payload is None else dict(payload),
            attempt=0,
            max_attempts=max_attempts,
            due_at=moment(self._link, due_in),
            lease_epoch=0,
            created_at=moment(self._link),
        )
        row = await self._link.row(new.on_conflict_do_nothing().returning(*COLUMNS))
        known = Job(**row) if row is not None else await self.by_key(kind, key)
        if known is None:
            raise NotFound("job", f"{kind} {key}")
        return known

    async def get(self, id: str) -> Job:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(jobs).where(COLUMNS.id == id))
        if row is None:
            raise NotFound("job", id)
        return Job(**row)

    async def by_key(self, kind: str, key: str) -> Job | None:
        row = await self._link.row(select(jobs).where(COLUMNS.kind == kind, COLUMNS.key == key))
        return None if row is None else Job(**row)

    async def claim(self, kinds: Iterable[str], owner: str, lease: timedelta, limit: int) -> tuple[Job, ...]:
        """Up to `limit` due jobs of `kinds` for `owner`, the longest due first.

        One whose lease has ended counts as due; where that was its last attempt, it fails.
        """
        now = moment(self._link)
        due = and_(OPEN, COLUMNS.kind.in_(sorted(set(kinds))), COLUMNS.due_at <= now, unleased(jobs, now))
        spent = and_(due, COLUMNS.attempt >= COLUMNS.max_attempts)
        why = func.coalesce(COLUMNS.last_error, NEVER_CAME_BACK)
        await self._link.run(update(jobs).where(spent).values(**self._ended(JobState.FAILED), last_error=why))
        rows = await lease_out(
            self._link,
            jobs,
            due,
            (COLUMNS.due_at, COLUMNS.id),
            owner=owner,
            lease=lease,
            limit=limit,
            state=JobState.RUNNING,
            attempt=COLUMNS.attempt + 1,
        )
        faultpoint("job.claimed")
        return tuple(sorted([Job(**row) for row in rows], key=lambda job: (job.due_at, job.id)))

    async def renew(self, owner: str, ids: Iterable[str], lease: timedelta) -> frozenset[str]:
        """Hold on to jobs; the ids of those that are still the owner's."""
        mine = and_(COLUMNS.id.in_(sorted(set(ids))), COLUMNS.state == JobState.RUNNING, COLUMNS.lease_owner == owner)
        held = update(jobs).where(mine).values(lease_until=moment(self._link, lease))
        return frozenset(row["id"] for row in await self._link.rows(held.returning(COLUMNS.id)))

    async def done(self, id: str, epoch: int) -> Job:  # noqa: A002 - it is the row's id
        """Saying so again changes nothing. Raises NotFound, and LeaseLost where `epoch` is not the newest."""
        job = await self._write(id, epoch, (JobState.DONE,), **self._ended(JobState.DONE))
        faultpoint("job.done")
        return job

    async def again(
        self,
        id: str,  # noqa: A002 - it is the row's id
        epoch: int,
        error: str | None,
        due_in: timedelta,
    ) -> Job:
        """Later. With `error` None nothing went wrong, and the attempt is not counted; the last attempt fails.

        Raises NotFound, and LeaseLost where `epoch` is not the newest.
        """
        free = {"lease_owner": None, "lease_until": None, "due_at": moment(self._link, due_in)}
        if error is None:
            news = {**free, "state": JobState.WAITING, "attempt": COLUMNS.attempt - 1}
        else:
            last = COLUMNS.attempt >= COLUMNS.max_attempts
            state = case((last, JobState.FAILED.value), else_=JobState.WAITING.value)
            news = {**free, "state": state, "last_error": error}
        return await self._write(id, epoch, (JobState.WAITING, JobState.FAILED), **news)

    async def fail(self, id: str, epoch: int, error: str) -> Job:  # noqa: A002 - it is the row's id
        """For good. Raises NotFound, and LeaseLost where `epoch` is not the newest."""
        return await self._write(id, epoch, (JobState.FAILED,), **self._ended(JobState.FAILED), last_error=error)

    async def reopen(self, id: str) -> Job:  # noqa: A002 - it is the row's id
        """One that has ended, due at once with all its attempts before it; any other as it is. Raises NotFound."""
        ended = and_(COLUMNS.id == id, COLUMNS.state.in_((JobState.DONE, JobState.FAILED)))
        news = {"state": JobState.WAITING, "attempt": 0, "due_at": moment(self._link), "last_error": None}
        row = await self._link.row(update(jobs).where(ended).values(news).returning(*COLUMNS))
        return await self.get(id) if row is None else Job(**row)

    async def prune(self, older_than: timedelta) -> int:
        """Forget jobs that ended that long ago, and so their keys; how many."""
        old = COLUMNS.due_at <= moment(self._link, -older_than)
        ended = COLUMNS.state.in_((JobState.DONE, JobState.FAILED))
        return await self._link.run(delete(jobs).where(ended, old))

    def _ended(self, state: JobState) -> dict[str, object]:
        return {"state": state, "lease_owner": None, "lease_until": None, "due_at": moment(self._link)}

    async def _write(self, id: str, epoch: int, states: tuple[JobState, ...], **news: object) -> Job:  # noqa: A002
        held = and_(COLUMNS.id == id, COLUMNS.lease_epoch == epoch, COLUMNS.state == JobState.RUNNING)
        row = await self._link.row(update(jobs).where(held).values(news).returning(*COLUMNS))
        if row is not None:
            return Job(**row)
        known = await self.get(id)
        if known.lease_epoch == epoch and known.state in states:
            return known  # said before: the answer to that was lost
        raise LeaseLost(id, known.lease_owner)
