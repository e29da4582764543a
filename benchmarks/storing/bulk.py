"""Rows in bulk into either engine: indexes are dropped before and made after, as a restore does it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import datetime
from typing import Any, Protocol

from attrs import define, field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from conductr_store import Store
from conductr_store.finding import stretches_of
from conductr_store.repositories.indexing import tsvector

Rows = list[tuple[Any, ...]]
ROWS = 500  # a piece of a COPY
WORDS_IN_MEMORY_BYTES = 256 << 20  # FTS5's words before they become a part of its index
USUAL_BYTES = 1 << 20
SLASHED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
POSTGRES = (
    "SET session_replication_role = replica",
    "SET maintenance_work_mem = '1GB'",
    "SET synchronous_commit = off",
)
INDEXES_OF_POSTGRES = """SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname
    JOIN pg_index ON indexrelid = pg_class.oid WHERE pg_indexes.schemaname = 'public' AND NOT indisunique"""


class Bulk(Protocol):
    name: str

    async def rows(self, table: str, names: Sequence[str], rows: Rows) -> None: ...

    async def finish(self) -> None: ...


@asynccontextmanager
async def bulk(store: Store) -> AsyncIterator[Bulk]:
    url = store._engine.url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as connection:
            yield BulkSqlite(connection)
        return
    async with store._engine.connect() as connection:
        dropped: dict[str, str] = {}
        for statement in POSTGRES:
            await connection.execute(text(statement))
        for name, made_by in (await connection.execute(text(INDEXES_OF_POSTGRES))).all():
            dropped[name] = made_by
            await connection.execute(text(f'DROP INDEX "{name}"'))
        yield BulkPostgres(connection, dropped)


@define
class BulkSqlite:
    _connection: sqlite3.Connection
    _dropped: list[tuple[str, str, str]] = field(factory=list[tuple[str, str, str]])
    name: str = "SQLite"

    def __attrs_post_init__(self) -> None:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000"):
            self._connection.execute(f"PRAGMA {pragma}")
        which = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        self._dropped = [row for row in self._connection.execute(which) if "UNIQUE" not in row[2]]
        self._connection.execute("BEGIN IMMEDIATE")
        for kind, name, _ in self._dropped:
            self._connection.execute(f"DROP {kind} {name}")

    async def rows(self, table: str, names: Sequence[str], rows: Rows) -> None:
        marks = ", ".join("?" for _ in names)
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        self._connection.executemany(statement, _with_moments_as_text(rows))

    async def finish(self) -> None:
        run = self._connection.execute
        run("INSERT INTO song_words(song_words, rank) VALUES ('hashsize', ?)", (WORDS_IN_MEMORY_BYTES,))
        run("INSERT INTO song_words(song_words) VALUES ('rebuild')")
        run("INSERT INTO song_words(song_words, rank) VALUES ('hashsize', ?)", (USUAL_BYTES,))
        for _, _, made_by in self._dropped:
            run(made_by)
        run("COMMIT")
        run("ANALYZE")  # as the store's upkeep does in time


def _with_moments_as_text(rows: Rows) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(f"{one:%Y-%m-%d %H:%M:%S.%f}" if isinstance(one, datetime) else one for one in row)


@define
class BulkPostgres:
    _connection: AsyncConnection
    _dropped: dict[str, str]
    name: str = "PostgreSQL"

    async def rows(self, table: str, names: Sequence[str], rows: Rows) -> None:
        if table == "song_search":
            rows = [self._with_stretches(names, row) for row in rows]
        raw = await self._connection.get_raw_connection()
        await raw.driver_connection.copy_to_table(table, source=_copied(rows), columns=list(names))  # type: ignore[union-attr]

    async def finish(self) -> None:
        for made_by in self._dropped.values():
            await self._connection.execute(text(made_by.replace(":", "\\:")))
        await self._connection.execute(text("SET session_replication_role = origin"))
        await self._connection.commit()
        raw = await self._connection.get_raw_connection()
        await raw.driver_connection.execute("VACUUM ANALYZE")  # type: ignore[union-attr]

    @staticmethod
    def _with_stretches(names: Sequence[str], row: tuple[Any, ...]) -> tuple[Any, ...]:
        named = dict(zip(names, row, strict=True))
        named["tokens"] = tsvector((*named["tokens"].split(), *stretches_of(named["number"])))
        return tuple(named.values())


async def _copied(rows: Rows) -> AsyncIterator[bytes]:
    for at in range(0, len(rows), ROWS):
        lines = ("\t".join(map(_copied_value, row)) + "\n" for row in rows[at : at + ROWS])
        yield "".join(lines).encode()


def _copied_value(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case str():
            return value.translate(SLASHED)
        case _:
            return str(value)
