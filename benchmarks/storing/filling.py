"""A database full of songs, filled in bulk: what the repositories would write, without their questions a song.

Songs and their index rows are the store's own (`song_search`, on SQLite through its triggers). Left out is what no
search reads: genres by song, lyrics with times, favourites.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from typing import Any

from attrs import frozen
from sqlalchemy import Table, Text, bindparam, func, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateIndex, DropIndex

from conductr_store import Song, Store
from conductr_store.finding import labels_of, owner_tokens, tokens_of, vocabulary
from conductr_store.repositories.indexing import number_of, slip_rows
from conductr_store.repositories.songs import _plain
from conductr_store.tables import generations, guilds, owner_words, song_search, songs, users, word_slips

from .songs import CHUNK, FIRST, GUILDS, chunk, owner_name, owners_of

MAKERS = 2  # processes that make songs
ROWS = 2_000  # a statement
Rows = list[dict[str, Any]]
Made = tuple[Rows, Rows, frozenset[str]]
Say = Callable[[str], None]
TOKENS = next(index for index in song_search.indexes if index.name == "ix_song_search_tokens")


@frozen
class Put:
    """Rows in bulk, in one transaction; on PostgreSQL the index of tokens is made at the end, as a restore does it."""

    connection: AsyncConnection

    @property
    def on_postgres(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    async def begin(self) -> None:
        await self.connection.begin()
        if self.on_postgres:
            await self.connection.execute(DropIndex(TOKENS))

    async def rows(self, table: Table, rows: Rows) -> None:
        statement = insert(table)
        if self.on_postgres and table is song_search:
            rows = [{**row, "spaced": row["tokens"].strip()} for row in rows]
            for row in rows:
                del row["tokens"]
            words = func.string_to_array(bindparam("spaced", type_=Text), " ")
            statement = statement.values(tokens=func.array_to_tsvector(words))
        for at in range(0, len(rows), ROWS):
            await self.connection.execute(statement, rows[at : at + ROWS])

    async def end(self) -> None:
        if self.on_postgres:
            await self.connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
            await self.connection.execute(CreateIndex(TOKENS))
        await self.connection.commit()
        raw = await self.connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.execute("VACUUM ANALYZE" if self.on_postgres else "ANALYZE")  # as either does by itself in time


def made(of: int, first: int) -> Made:
    """Rows of songs and of their index, and words in them, of one chunk."""
    song_rows: Rows = []
    index_rows: Rows = []
    words: set[str] = set()
    for song in chunk(first, of):
        tokens = tokens_of(song)
        words |= vocabulary(tokens)
        song_rows.append(_plain(song))
        index_rows.append(_index_row(song, tokens))
    return song_rows, index_rows, frozenset(words)


def _index_row(song: Song, tokens: frozenset[str]) -> dict[str, Any]:
    return {
        "number": number_of(song.created_at),  # unlike one another: SPAN has a minute for each of a million
        "song_id": song.id,
        "guild_id": song.guild_id,
        "owner_id": song.owner_id,
        "private": song.visibility == "private",
        "length_s": song.duration_s or 0.0,
        "labels": labels_of(song),
        "tokens": f" {' '.join(sorted(tokens))} ",
    }


async def fill(stores: Sequence[Store], count: int, say: Say) -> None:
    """Every store with the same songs: most of the time goes into making them up."""
    began = time.perf_counter()
    async with AsyncExitStack() as opened:
        puts = [Put(await opened.enter_async_context(store._engine.connect())) for store in stores]
        for put in puts:
            await put.begin()
        await _people(puts, count)
        words: set[str] = set()
        for at, (song_rows, index_rows, found) in enumerate(opened.enter_context(chunks(count)), 1):
            await _into(puts, songs, song_rows)
            await _into(puts, song_search, index_rows)
            words |= found
            if at % 20 == 0:
                say(f"{min(count, at * CHUNK):,} songs after {time.perf_counter() - began:.0f} s")
        await _words(puts, words, owners_of(count))
        for put in puts:
            await put.end()
    say(f"filled in {time.perf_counter() - began:.0f} s")


@contextmanager
def chunks(count: int) -> Iterator[Iterable[Made]]:
    """Made by several processes where there is more than one."""
    firsts = range(0, count, CHUNK)
    if len(firsts) == 1:
        yield map(partial(made, count), firsts)
        return
    with multiprocessing.get_context("spawn").Pool(MAKERS) as makers:
        yield makers.imap(partial(made, count), firsts)


async def _words(puts: Sequence[Put], words: set[str], owners: int) -> None:
    names = [(owner, owner_tokens(owner_name(owner))) for owner in range(1, owners + 1)]
    known = words | vocabulary(token for _, tokens in names for token in tokens)
    await _into(puts, owner_words, [{"token": one, "user_id": owner} for owner, tokens in names for one in tokens])
    await _into(puts, word_slips, slip_rows(known))


async def _into(puts: Sequence[Put], table: Table, rows: Rows) -> None:
    for put in puts:
        await put.rows(table, rows)


async def _people(puts: Sequence[Put], count: int) -> None:
    await _into(puts, users, [{"id": owner, "name": owner_name(owner)} for owner in range(1, owners_of(count) + 1)])
    numbers = range(1, GUILDS + 1)
    await _into(puts, guilds, [{"id": guild, "name": f"Guild {guild}", "volume": 100} for guild in numbers])
    wish = {"guild_id": 1, "user_id": 1, "prompt": "", "instrumental": False, "model": "V5", "state": "finished"}
    moments = {"created_at": FIRST, "updated_at": FIRST, "told": "finished"}
    for first in range(0, (count + 1) // 2, CHUNK):
        numbers = range(first, min(first + CHUNK, (count + 1) // 2))
        rows = ({"id": f"generation-{one:07}", "request_key": f"request-{one}", **wish, **moments} for one in numbers)
        await _into(puts, generations, list(rows))
