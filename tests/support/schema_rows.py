"""Rows for any schema, made from what the database says of its tables: two for each table that has none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    inspect,
    select,
)

ROWS = 2
START = datetime(2026, 11, 27, 12, 30, 15, 250_000, tzinfo=UTC)
NOT_OURS = ("alembic_version", "song_words")  # Alembic's, and what FTS5 keeps for itself
# What a check allows, by table and column.
ALLOWED: dict[tuple[str, str], object] = {
    ("audit", "outcome"): "done",
    ("ledger_accounts", "granted"): 3,
    ("ledger_accounts", "available"): 1,
    ("ledger_accounts", "reserved"): 1,
    ("ledger_accounts", "consumed"): 1,
    ("generations", "state"): "finished",
    ("songs", "state"): "ready",
}
Rows = dict[str, list[dict[str, Any]]]


def tables_in(connection: Connection) -> tuple[Table, ...]:
    """As the database has them now, each after those that it refers to."""
    names = [name for name in inspect(connection).get_table_names() if not name.startswith(NOT_OURS)]
    seen = MetaData()
    seen.reflect(connection, only=names)
    return tuple(seen.sorted_tables)


def fill(connection: Connection) -> None:
    """Two rows for each table that has none."""
    for table in tables_in(connection):
        if connection.execute(select(table).limit(1)).first() is None:
            for number in range(1, ROWS + 1):
                values = {column.name: _value(connection, column, number) for column in table.columns}
                connection.execute(table.insert().values(values))


def read(connection: Connection) -> Rows:
    """All that stands in each table, in one order."""
    return {
        table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
        for table in tables_in(connection)
    }


def as_of(rows: Rows, shape: Rows) -> Rows:
    """Of `rows`, what the tables and columns of `shape` can hold."""
    return {
        table: sorted(
            ({name: row[name] for name in _columns(shape[table], row)} for row in rows.get(table, [])), key=repr
        )
        for table in shape
    }


def _columns(shape: list[dict[str, Any]], row: dict[str, Any]) -> Iterable[str]:
    return [name for name in row if not shape or name in shape[0]]


def _value(connection: Connection, column: Column[Any], number: int) -> object:
    table = column.table.name
    if (table, column.name) in ALLOWED:
        return ALLOWED[table, column.name]
    for key in column.foreign_keys:
        if key.column.table is column.table:
            return None  # of itself
        known = connection.scalars(select(key.column).order_by(key.column)).all()
        return known[number - 1]
    match column.type:
        case Boolean():
            return number == 1
        case Float():
            return number + 0.5
        case Integer():
            return number
        case DateTime():
            moment = START + timedelta(seconds=number)
            return moment if connection.dialect.name == "postgresql" else moment.replace(tzinfo=None)
        case JSON():
            return {"number": number, "words": "héllo"}
        case LargeBinary():
            return bytes([0, number, 255])
        case _:
            return f"{column.name} {number}"
