"""The store's benchmark measures what it says: its songs are kept as the store keeps them, its questions find some."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import uuid4

import anyio
import asyncpg
import pytest
from sqlalchemy import select
from storing.filling import fill
from storing.questions import KINDS
from storing.songs import song

from conductr_store import LibraryQuery, Store
from conductr_store.repositories.indexing import index_song
from conductr_store.tables import song_search

pytestmark = pytest.mark.anyio

SONGS = 300


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[str]:
    """A database of its own on the session's server."""
    name = f"songs_{uuid4().hex[:12]}"
    server, _, options = postgres_url.partition("?")

    async def order(statement: str) -> None:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(statement)
        await connection.close()

    anyio.run(order, f"CREATE DATABASE {name}")
    yield f"{server.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
    anyio.run(order, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/songs.db" if request.param == "sqlite" else request.getfixturevalue("postgres")


async def test_what_is_filled_in_bulk_is_what_the_store_itself_would_keep_and_every_question_is_answered(
    url: str,
) -> None:
    said: list[str] = []
    async with Store.open(url) as store:
        await fill([store], SONGS, said.append)
        async with store.begin() as tx:
            rows = select(song_search).order_by(song_search.c.number)
            filled = await tx.library._link.rows(rows)
            page = await tx.library.find(LibraryQuery(everything=True, limit=50))
            assert (page.total, len(filled)) == (SONGS, SONGS)
            for one in page.items:
                await index_song(tx.library._link, one)
            assert await tx.library._link.rows(rows) == filled
        found = 0
        for ask in KINDS.values():
            async with store.begin() as tx:
                found += (await tx.library.find(ask(Random(1)))).total > 0
        assert found > len(KINDS) / 3
    assert "filled" in said[-1]


def test_the_same_seed_makes_the_same_song() -> None:
    assert song(3, 100, Random(1)) == song(3, 100, Random(1))
