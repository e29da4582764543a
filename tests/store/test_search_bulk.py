"""What the benchmark of searches fills in bulk is what the repositories leave, row by row, on both engines."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import Table, select, text

from conductr_store import Guild, LibraryPage, LibraryQuery, Song, Store, User
from conductr_store.schema import migrate
from conductr_store.tables import owner_words, song_search, songs, word_slips
from conductr_store.testing import A_GUILD, A_USER, a_generation, a_song

pytestmark = pytest.mark.anyio

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from storing.bulk import bulk  # noqa: E402 - found where the line above says
from storing.filling import put_songs, put_words, rows_of  # noqa: E402 - likewise

NOON = datetime(2026, 5, 1, 12, 0, 0, 5_000, tzinfo=UTC)
WORDS = ("Midnight", "lo-fi", "Don't", "夜歌", "Ночь", "rain\tor\nsun", "back\\slash", "é", "train")
WHOLE = "INSERT INTO song_words(song_words, rank) VALUES ('integrity-check', 1)"


def some_songs() -> list[Song]:
    several: list[Song] = []
    for number in range(120):
        word, other = WORDS[number % len(WORDS)], WORDS[number * 7 % 5]
        song = a_song(
            evolve(a_generation(id=f"generation-{number}"), guild_id=A_GUILD.id if number % 3 else 12),
            title=f"{word} {number}",
            prompt=f"about {other}",
            lyrics=None if number % 4 else f"{word} {other}",
            tags=() if number % 5 else ("Lo Fi", other.split()[0]),
            style="slow jazz" if number % 6 == 0 else None,
            duration_s=None if number % 7 == 0 else number * 5.25,
            visibility=("private", "guild", "public")[number % 3],
            state="ready",
            created_at=NOON + timedelta(hours=number * 9),
        )
        several.append(evolve(song, id=f"song-{number:03}"))
    return several


async def prepared(store: Store, several: list[Song]) -> None:
    async with store.begin() as tx:
        await tx.users.put(User(A_USER.id, "Ada Lovelace"))
        for guild in (A_GUILD, Guild(12, "Elsewhere")):
            await tx.guilds.put(guild)
        for song in several:
            wish = a_generation(id=song.generation_id, guild_id=song.guild_id, state="finished")
            await tx.generations.add(wish)


async def rows(store: Store, table: Table) -> list[tuple[Any, ...]]:
    async with store._engine.connect() as connection:
        return sorted(map(tuple, (await connection.execute(select(table))).all()), key=repr)


async def asked(store: Store) -> list[LibraryPage]:
    queries = (
        LibraryQuery(everything=True, text="midnigth"),
        LibraryQuery(guild_id=12, viewer_id=A_USER.id, text="lofi"),
    )
    async with store.begin() as tx:
        return [await tx.library.find(query) for query in queries]


async def test_rows_in_bulk_are_those_that_the_repositories_write(url: str) -> None:
    several = some_songs()
    tables = (songs, song_search, owner_words, word_slips)
    async with Store.open(url) as store:
        await prepared(store, several)
        async with store.begin() as tx:
            for song in several:
                await tx.songs.add(song)
        written, pages = [await rows(store, table) for table in tables], await asked(store)
        async with store._engine.begin() as connection:
            for table in (song_search, songs, word_slips):
                await connection.execute(table.delete())
        async with bulk(store) as filled:
            song_rows, index_rows, words = rows_of(several)
            await put_songs([filled], song_rows, index_rows)
            await put_words([filled], {*words, "lovelace"})
            await filled.finish()
        for table, before in zip(tables, written, strict=True):
            assert await rows(store, table) == before, table.name
        assert await asked(store) == pages
        assert all(page.total for page in pages)
        if store._engine.dialect.name == "sqlite":
            async with store._engine.begin() as connection:
                await connection.execute(text(WHOLE))


async def test_a_step_down_and_up_again_leaves_the_index_as_it_was(url: str) -> None:
    several = some_songs()[:20]
    async with Store.open(url) as store:
        await prepared(store, several)
        async with store.begin() as tx:
            for song in several:
                await tx.songs.add(song)
        before = await rows(store, song_search)
        await migrate(store._engine, store.place, to="0006")
        assert await rows(store, song_search) != before
        await migrate(store._engine, store.place)
        assert [spread_out(row) for row in await rows(store, song_search)] == [spread_out(row) for row in before]
        if store._engine.dialect.name == "sqlite":
            async with store._engine.begin() as connection:
                await connection.execute(text(WHOLE))


def spread_out(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Its tokens in no order."""
    return (*row[:-1], frozenset(row[-1].split()))
