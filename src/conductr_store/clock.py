"""The database's own clock, as SQL: leases and due times are measured by it, whatever each process's clock says."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Interval, func, literal, type_coerce

from .columns import Moment
from .link import Link
from .records import now

AT_ONCE = timedelta(0)


def moment(link: Link, after: timedelta = AT_ONCE) -> ColumnElement[datetime]:
    """When the statement runs, `after` later; by the store's own `now` where a test has given it one.

    PostgreSQL tells microseconds, SQLite milliseconds. It is the statement's time, not the transaction's, which may
    have waited for a lock.
    """
    if link.now is not now:
        return literal(link.now() + after, Moment)
    if link.connection.dialect.name == "sqlite":
        later = f"{after.total_seconds():+.3f} seconds"
        return type_coerce(func.strftime("%Y-%m-%d %H:%M:%f", "now", later).concat("000"), Moment)
    return type_coerce(func.statement_timestamp() + literal(after, Interval), Moment)
