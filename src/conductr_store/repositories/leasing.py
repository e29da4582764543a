"""How rows of work are given out: by one UPDATE, for a while, and with an epoch that tells an old holder from a new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, or_, select, update

from conductr_store.clock import moment
from conductr_store.link import Link


def unleased(table: Table, now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Nobody's: never leased, or its lease has ended."""
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= now)


async def lease_out(
    link: Link,
    table: Table,
    due: ColumnElement[bool],
    order: tuple[ColumnElement[Any], ...],
    *,
    owner: str,
    lease: timedelta,
    limit: int,
    **changes: object,
) -> Sequence[RowMapping]:
    """Up to `limit` rows where `due`, each for `lease` and with its epoch raised. No row is given to two."""
    # SQLite's transactions exclude each other; PostgreSQL passes over rows that another claimer holds. In a CTE the
    # LIMIT is counted once, which PostgreSQL does not promise of a subquery.
    wanted = select(table.c.id).where(due).order_by(*order).limit(max(0, limit))
    wanted = wanted.with_for_update(skip_locked=True).cte("wanted")
    epoch = table.c.lease_epoch + 1
    values = {"lease_owner": owner, "lease_epoch": epoch, "lease_until": moment(link, lease), **changes}
    taken = update(table).where(table.c.id.in_(select(wanted.c.id))).values(values)
    return await link.rows(taken.returning(*table.c))
