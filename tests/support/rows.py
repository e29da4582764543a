"""Rows of a store's database as they lie there, read past the store's own code; on both engines."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import asyncpg

Row = dict[str, Any]


class Reading:
    """One consistent look at a database."""

    def __init__(self, source: sqlite3.Connection | asyncpg.Connection) -> None:
        self._source = source

    @property
    def sqlite(self) -> bool:
        return isinstance(self._source, sqlite3.Connection)

    async def rows(self, query: str) -> list[Row]:
        if isinstance(self._source, sqlite3.Connection):
            return [dict(row) for row in self._source.execute(query)]
        return [dict(row) for row in await self._source.fetch(query)]

    async def has_table(self, name: str) -> bool:
        """Whether the schema was made."""
        tables = "sqlite_master" if self.sqlite else "(SELECT tablename AS name FROM pg_tables) AS made"
        return any(row["name"] == name for row in await self.rows(f"SELECT name FROM {tables}"))


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Reading]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as source:
            source.row_factory = sqlite3.Row
            source.execute("BEGIN")
            yield Reading(source)
        return
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield Reading(connection)
    finally:
        await connection.close()
