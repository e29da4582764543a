"""Store: the database by its address. UnitOfWork: one transaction, with every repository."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

import anyio
from attrs import frozen
from sqlalchemy.ext.asyncio import AsyncConnection

from . import records
from .engine import address, make_engine, make_room, place_of
from .errors import CommitUnsure, StoreUnavailable, translated
from .link import Link, whole
from .repositories import Generations, Guilds, Queues, Songs, Users
from .schema import migrate

BUSY_TIMEOUT_S = 5.0
ENDING_S = 10.0  # a commit or a roll-back may take that long, even when its task is cancelled


@frozen(eq=False)
class UnitOfWork:
    users: Users
    guilds: Guilds
    generations: Generations
    songs: Songs
    queues: Queues


class Store:
    """One per process and database. asyncio only."""

    def __init__(
        self, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S, now: Callable[[], datetime] = records.now
    ) -> None:
        """Connects to nothing yet. `now` dates the rows' changes. Raises StoreUnavailable for an unknown address."""
        self._url = address(url)
        self._now = now
        self.place = place_of(self._url)
        self._engine = make_engine(self._url, busy_timeout_s=busy_timeout_s)

    def __repr__(self) -> str:
        return f"<Store: {self.place}>"

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S, now: Callable[[], datetime] = records.now
    ) -> AsyncGenerator[Self]:
        """A store whose schema is the newest; closed at the end.

        Raises StoreUnavailable (SchemaTooNew, StoreDamaged) and StoreBusy.
        """
        store = cls(url, busy_timeout_s=busy_timeout_s, now=now)
        try:
            make_room(store._url, store.place)
            await migrate(store._engine, store.place)
            yield store
        finally:
            await store.close()

    async def close(self) -> None:
        with anyio.move_on_after(ENDING_S, shield=True):
            await self._engine.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[UnitOfWork]:
        """One transaction: committed at a clean end, else undone as if it never was. Never await the network inside.

        A task that begins another inside waits for itself: StoreBusy. Raises also StoreUnavailable, and CommitUnsure.
        """
        async with self._connection() as connection:
            link = Link(connection, self.place, self._now)
            yield UnitOfWork(Users(link), Guilds(link), Generations(link), Songs(link), Queues(link))
            await self._commit(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection]:
        connection = self._engine.connect()
        try:
            async with whole(self.place):
                await connection.start()
                await connection.begin()
            yield connection
        finally:
            if connection.sync_connection is not None:
                with anyio.move_on_after(ENDING_S, shield=True):
                    await connection.close()  # undoes what was not committed

    async def _commit(self, connection: AsyncConnection) -> None:
        try:
            with anyio.fail_after(ENDING_S, shield=True):
                await connection.commit()
        except Exception as error:
            with anyio.move_on_after(ENDING_S, shield=True):
                await connection.invalidate()  # SQLite keeps a transaction open whose commit was refused
            ours = translated(error, self.place)
            if type(ours) is StoreUnavailable:
                raise CommitUnsure(self.place) from error
            raise ours from error
