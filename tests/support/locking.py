"""A database in which nobody can write for a while, on either engine."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing

import asyncpg
from attrs import frozen

from conductr_store.tables import metadata


@frozen
class Lock:
    """Another program's transaction: everybody may read, and nobody else writes."""

    take: Callable[[], Awaitable[None]]
    let_go: Callable[[], Awaitable[None]]


@asynccontextmanager
async def lock_of(url: str) -> AsyncIterator[Lock]:
    """Of the database at `url`; not taken yet, and let go at the end."""
    async with _sqlite(url) if url.startswith("sqlite") else _postgres(url) as lock:
        yield lock


@asynccontextmanager
async def _sqlite(url: str) -> AsyncIterator[Lock]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)

    async def take() -> None:
        connection.execute("BEGIN IMMEDIATE")

    async def let_go() -> None:
        connection.execute("ROLLBACK")

    with closing(connection):
        yield Lock(take, let_go)


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[Lock]:
    connection = await asyncpg.connect(url)
    tables = ", ".join(table.name for table in metadata.sorted_tables)

    async def take() -> None:
        await connection.execute(f"BEGIN; LOCK TABLE {tables} IN EXCLUSIVE MODE")

    async def let_go() -> None:
        await connection.execute("ROLLBACK")

    try:
        yield Lock(take, let_go)
    finally:
        await connection.close()
