"""Store: the database by its address. UnitOfWork: one transaction, with every repository."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from random import Random
from typing import Self, TypeVar

import anyio
from attrs import frozen
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from . import records
from .engine import address, make_engine, make_room, place_of
from .errors import CommitUnsure, StoreBusy, StoreUnavailable
from .faults import arm, faultpoint
from .link import Link, whole
from .repositories import (
    Attempts,
    Audit,
    Billing,
    Commands,
    Favourites,
    Files,
    Generations,
    Guilds,
    Jobs,
    Leases,
    Ledger,
    Library,
    Listening,
    Memberships,
    Notices,
    Playlists,
    ProviderKeys,
    Queues,
    Rates,
    Sessions,
    Songs,
    TakeVotes,
    Users,
    Voices,
)
from .retries import ATTEMPTS, again, delay_before_s
from .schema import migrate
from .translating import surely_undone, translated
from .unbroken import unbroken

T = TypeVar("T")

BUSY_TIMEOUT_S = 5.0
ENDING_S = 10.0  # a commit or a roll-back may take that long, even when its task is cancelled


@frozen(eq=False)
class UnitOfWork:
    users: Users
    guilds: Guilds
    memberships: Memberships
    provider_keys: ProviderKeys
    sessions: Sessions
    audit: Audit
    billing: Billing
    generations: Generations
    songs: Songs
    favourites: Favourites
    playlists: Playlists
    library: Library
    queues: Queues
    files: Files
    attempts: Attempts
    jobs: Jobs
    ledger: Ledger
    commands: Commands
    notices: Notices
    leases: Leases
    rates: Rates
    listening: Listening
    take_votes: TakeVotes
    voices: Voices


class Store:
    """One per process and database. asyncio only."""

    def __init__(
        self, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S, now: Callable[[], datetime] = records.now
    ) -> None:
        """Connects to nothing yet. `now` dates the rows' changes. Raises StoreUnavailable for an unknown address."""
        self._url = address(url)
        self.now = now
        self._rng = Random()
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

        Raises StoreUnavailable (SchemaTooNew, StoreDamaged) and StoreBusy; FaultsRefused outside of tests.
        """
        arm(os.environ)
        store = cls(url, busy_timeout_s=busy_timeout_s, now=now)
        try:
            make_room(store._url, store.place)
            await migrate(store._engine, store.place)
            yield store
        finally:
            await store.close()

    async def close(self) -> None:
        await unbroken(_within(self._engine.dispose))

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[UnitOfWork]:
        """One transaction: committed at a clean end, else undone as if it never was. Never await the network inside.

        A task that begins another inside waits for itself: StoreBusy. Raises also StoreUnavailable, and CommitUnsure.
        """
        async with self._connection() as connection:
            yield unit_of_work(Link(connection, self.place, self.now))
            faultpoint("store.before_commit")
            await unbroken(self._commit(connection))
            faultpoint("store.after_commit")

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]], *, attempts: int = ATTEMPTS) -> T:
        """What `work` gives in a transaction; all of it again, a little later, where the database was too busy.

        Busy is a lock that was not had in time, a deadlock, or a serialization failure: nothing was changed, so `work`
        may run more than once and must do nothing but speak to its UnitOfWork. Raises as `begin`.
        """
        started = time.monotonic()
        attempt = 1
        while True:
            try:
                async with self.begin() as tx:
                    return await work(tx)
            except StoreBusy:
                if not again(attempt, attempts, time.monotonic() - started):
                    raise
            attempt += 1
            await anyio.sleep(delay_before_s(attempt, self._rng))

    async def look(self, read: Callable[[Connection], T]) -> T:
        """What `read` finds, whatever the schema; nothing of it is kept. Raises StoreUnavailable and StoreBusy."""
        async with self._connection() as connection:
            return await whole(self.place, lambda: connection.run_sync(read))

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection]:
        connection = self._engine.connect()

        async def begin() -> None:
            await connection.start()
            await connection.begin()

        try:
            await whole(self.place, begin)
            yield connection
        finally:
            if connection.sync_connection is not None:
                await unbroken(_within(connection.close))  # undoes what was not committed

    async def _commit(self, connection: AsyncConnection) -> None:
        try:
            with anyio.fail_after(ENDING_S):
                await connection.commit()
        except Exception as error:
            await _within(connection.invalidate)  # SQLite keeps a transaction open whose commit was refused
            ours = translated(error, self.place)
            if type(ours) is StoreUnavailable and not surely_undone(error):
                raise CommitUnsure(self.place) from error
            raise ours from error


def unit_of_work(link: Link) -> UnitOfWork:
    """Every repository, on one open transaction."""
    return UnitOfWork(
        users=Users(link),
        guilds=Guilds(link),
        memberships=Memberships(link),
        provider_keys=ProviderKeys(link),
        sessions=Sessions(link),
        audit=Audit(link),
        billing=Billing(link),
        generations=Generations(link),
        songs=Songs(link),
        favourites=Favourites(link),
        playlists=Playlists(link),
        library=Library(link),
        queues=Queues(link),
        files=Files(link),
        attempts=Attempts(link),
        jobs=Jobs(link),
        ledger=Ledger(link),
        commands=Commands(link),
        notices=Notices(link),
        leases=Leases(link),
        rates=Rates(link),
        listening=Listening(link),
        take_votes=TakeVotes(link),
        voices=Voices(link),
    )


async def _within(end: Callable[[], Awaitable[object]]) -> None:
    with anyio.move_on_after(ENDING_S):
        await end()
