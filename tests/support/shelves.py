"""A shelf on any engine, and how its rows and songs are looked at, for the tests of keeping, evicting and sweeping."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conductr_store import Media, Shelf, SongState, Store
from conductr_store.records import MediaFile
from conductr_store.testing import a_generation, a_song, put_people


class Hours:
    """A clock that can be put back: what was done then is old now."""

    def __init__(self) -> None:
        self.ago = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) - self.ago


@asynccontextmanager
async def a_shelf(url: str, folder: Path, now: Callable[[], datetime]) -> AsyncIterator[Shelf]:
    """Of a store in which A_USER and A_GUILD are known; its files lie in `folder`."""
    async with Store.open(url, now=now) as store:
        async with store.begin() as tx:
            await put_people(tx)
        yield Shelf(store, Media(str(folder)))


async def row_of(shelf: Shelf, key: str) -> MediaFile:
    async with shelf.store.begin() as tx:
        return await tx.files.get(key)


async def put_song(shelf: Shelf, **keys: str) -> str:
    """A ready song with these files; its id."""
    async with shelf.store.begin() as tx:
        wish = await tx.generations.add(a_generation())
        return (await tx.songs.add(a_song(wish, 0, state=SongState.READY, **keys))).id
