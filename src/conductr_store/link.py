"""Link: the statements of one open transaction. Every one goes through here, so that every error is translated once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import anyio
from attrs import frozen
from sqlalchemy import Executable, RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from .translating import translated
from .unbroken import unbroken

T = TypeVar("T")
STATEMENT_S = 30.0  # longer than any wait for a lock


async def whole(place: str, talk: Callable[[], Awaitable[T]]) -> T:
    """One conversation with the database, never cut in its midst: what a driver leaves behind then may hold a lock.

    A cancelled task goes once the answer is there. Foreign errors become ours, with the foreign one as the cause.
    """

    async def timed() -> T:
        with anyio.fail_after(STATEMENT_S):
            return await talk()

    try:
        return await unbroken(timed())
    except Exception as error:
        ours = translated(error, place)
        if ours is error:
            raise
        raise ours from error


@frozen(eq=False)
class Link:
    """Used by one task at a time; dead once its transaction has ended."""

    connection: AsyncConnection
    place: str
    now: Callable[[], datetime]

    async def rows(self, statement: Executable) -> Sequence[RowMapping]:
        result = await whole(self.place, lambda: self.connection.execute(statement))
        return result.mappings().all()

    async def row(self, statement: Executable) -> RowMapping | None:
        """The first row, if there is one."""
        found = await self.rows(statement)
        return found[0] if found else None

    async def run(self, statement: Executable) -> int:
        """How many rows it touched."""
        result = await whole(self.place, lambda: self.connection.execute(statement))
        return result.rowcount

    def insert(self, table: Table) -> Any:
        """Both engines know ON CONFLICT, but SQLAlchemy has it by engine, with the same methods."""
        return (sqlite if self.connection.dialect.name == "sqlite" else postgresql).insert(table)
