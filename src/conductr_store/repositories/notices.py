"""Notices: what people are to be told, in one message each that is edited when there is news."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from attrs import frozen
from sqlalchemy import ColumnElement, and_, case, delete, func, select, update

from conductr_store.clock import moment
from conductr_store.columns import as_kept
from conductr_store.errors import LeaseLost, NotFound
from conductr_store.faults import faultpoint
from conductr_store.link import Link
from conductr_store.records import Notice, NoticeState
from conductr_store.tables import UNSENT, notices

from .leasing import lease_out, unleased

COLUMNS = notices.c


@frozen(eq=False)
class Notices:
    _link: Link

    async def put(self, dedupe: str, target: Mapping[str, object], kind: str, body: Mapping[str, object]) -> Notice:
        """Tell it, once: the same words again change nothing, other words wait to be sent as an edit."""
        said: dict[str, object] = {"target": as_kept(dict(target)), "kind": kind, "body": as_kept(dict(body))}
        new = self._link.insert(notices).values(
            id=uuid4().hex,
            dedupe=dedupe,
            **said,
            state=NoticeState.WAITING,
            revision=1,
            attempt=0,
            due_at=moment(self._link),
            lease_epoch=0,
            created_at=moment(self._link),
        )
        row = await self._link.row(new.on_conflict_do_nothing().returning(*COLUMNS))
        if row is not None:
            return Notice(**row)
        row = await self._link.row(select(notices).where(COLUMNS.dedupe == dedupe).with_for_update())
        if row is None:
            raise NotFound("notice", dedupe)
        known = Notice(**row)
        if {"target": known.target, "kind": known.kind, "body": known.body} == said:
            return known
        fresh = {"state": NoticeState.WAITING, "attempt": 0, "last_error": None, "due_at": moment(self._link)}
        return await self._write(COLUMNS.id == known.id, known.id, **said, **fresh, revision=COLUMNS.revision + 1)

    async def get(self, id: str) -> Notice:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(notices).where(COLUMNS.id == id))
        if row is None:
            raise NotFound("notice", id)
        return Notice(**row)

    async def by_dedupe(self, dedupe: str) -> Notice | None:
        row = await self._link.row(select(notices).where(COLUMNS.dedupe == dedupe))
        return None if row is None else Notice(**row)

    async def claim(self, owner: str, lease: timedelta, limit: int) -> tuple[Notice, ...]:
        """Up to `limit` due notices for `owner` to send, the longest due first."""
        now = moment(self._link)
        rows = await lease_out(
            self._link,
            notices,
            and_(UNSENT, COLUMNS.due_at <= now, unleased(notices, now)),
            (COLUMNS.due_at, COLUMNS.id),
            owner=owner,
            lease=lease,
            limit=limit,
            attempt=COLUMNS.attempt + 1,
            claimed_revision=COLUMNS.revision,
        )
        faultpoint("outbox.claimed")
        return tuple(sorted([Notice(**row) for row in rows], key=lambda notice: (notice.due_at, notice.id)))

    async def sent(self, id: str, message_id: int | None, *, epoch: int | None = None) -> Notice:  # noqa: A002
        """It stands in that message (None: in the known one, if any). News that came meanwhile waits still.

        Raises NotFound, and LeaseLost where `epoch` is not the newest: then somebody else sends it, too.
        """
        newest = func.coalesce(COLUMNS.claimed_revision, COLUMNS.revision) == COLUMNS.revision
        state = case((newest, NoticeState.SENT.value), else_=NoticeState.WAITING.value)
        message = COLUMNS.message_id if message_id is None else message_id
        notice = await self._let_go(id, epoch, message_id=message, state=state, last_error=None)
        faultpoint("outbox.sent")
        return notice

    async def again(
        self,
        id: str,  # noqa: A002 - it is the row's id
        error: str,
        due_in: timedelta,
        *,
        epoch: int | None = None,
    ) -> Notice:
        """It could not be sent now. Raises as `sent` does."""
        return await self._let_go(id, epoch, last_error=error, due_at=moment(self._link, due_in))

    async def mark(
        self,
        id: str,  # noqa: A002 - it is the row's id
        state: NoticeState,
        error: str | None = None,
        *,
        epoch: int | None = None,
    ) -> Notice:
        """Set its state: GIVEN_UP where its place is gone, WAITING to send it anew. Raises as `sent` does."""
        news: dict[str, object] = {"state": state, "last_error": error}
        if state is NoticeState.WAITING:
            news["due_at"] = moment(self._link)
        return await self._let_go(id, epoch, **news)

    async def prune(self, older_than: timedelta) -> int:
        """Forget notices whose last news is that old and told, and so their messages; how many."""
        old = COLUMNS.due_at <= moment(self._link, -older_than)
        return await self._link.run(delete(notices).where(COLUMNS.state != NoticeState.WAITING, old))

    async def _let_go(self, id: str, epoch: int | None, **news: object) -> Notice:  # noqa: A002
        mine = COLUMNS.id == id if epoch is None else and_(COLUMNS.id == id, COLUMNS.lease_epoch == epoch)
        return await self._write(mine, id, **news, lease_owner=None, lease_until=None)

    async def _write(self, which: ColumnElement[bool], id: str, **news: object) -> Notice:  # noqa: A002
        row = await self._link.row(update(notices).where(which).values(news).returning(*COLUMNS))
        if row is None:
            raise LeaseLost(id, (await self.get(id)).lease_owner)
        return Notice(**row)
