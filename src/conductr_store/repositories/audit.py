"""The audit log: who did what, kept for as long as the operator wants. Rows are written once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from attrs import asdict, frozen
from sqlalchemy import ColumnElement, delete, select

from conductr_store.link import Link
from conductr_store.records import AuditEntry, AuditPage, Outcome
from conductr_store.tables import audit

COLUMNS = audit.c
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@frozen(eq=False)
class Audit:
    _link: Link

    async def write(
        self,
        action: str,
        *,
        actor_id: int | None = None,
        guild_id: int | None = None,
        target: str | None = None,
        source: str | None = None,
        outcome: Outcome = Outcome.DONE,
        detail: Mapping[str, object] | None = None,
    ) -> AuditEntry:
        """One row, in the transaction of what it tells of. `detail` is small and never holds a secret."""
        at = self._link.now()
        entry = AuditEntry(
            id=_first_id(at) + token_hex(8),
            at=at,
            actor_id=actor_id,
            guild_id=guild_id,
            action=action,
            target=target,
            source=source,
            outcome=outcome,
            detail=dict(detail or {}),
        )
        await self._link.run(self._link.insert(audit).values(asdict(entry)))
        return entry

    async def page(
        self,
        *,
        guild_id: int | None = None,
        actor_id: int | None = None,
        actions: tuple[str, ...] = (),
        outcome: Outcome | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> AuditPage:
        """Newest first, `after` the `next` of the page before. Rows that come meanwhile shift no page."""
        wanted = [
            *([COLUMNS.guild_id == guild_id] if guild_id is not None else []),
            *([COLUMNS.actor_id == actor_id] if actor_id is not None else []),
            *([COLUMNS.action.in_(actions)] if actions else []),
            *([COLUMNS.outcome == outcome] if outcome is not None else []),
            *([COLUMNS.id < after] if after is not None else []),
        ]
        limit = max(1, limit)
        rows = await self._link.rows(select(audit).where(*wanted).order_by(COLUMNS.id.desc()).limit(limit + 1))
        items = tuple([AuditEntry(**row) for row in rows[:limit]])
        return AuditPage(items, items[-1].id if len(rows) > limit else None)

    async def prune(self, older_than: datetime, *, limit: int = 10_000) -> int:
        """Delete what is older, the oldest first, up to `limit` rows a transaction; how many."""
        old: ColumnElement[bool] = COLUMNS.id < _first_id(older_than)
        oldest = select(COLUMNS.id).where(old).order_by(COLUMNS.id).limit(limit)
        return await self._link.run(delete(audit).where(COLUMNS.id.in_(oldest)))


def _first_id(at: datetime) -> str:
    """The lowest id of that microsecond. Ids are digits of one length, so that every engine sorts them by time."""
    return f"{(at - BEGINNING) // timedelta(microseconds=1):016x}"
