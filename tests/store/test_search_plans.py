"""Searches go along the indexes: on either engine no statement of them reads every song."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, event

from conductr_store import LibraryQuery, Order, Store
from conductr_store.repositories.fulltext import Effort
from conductr_store.repositories.search import Library
from conductr_store.testing import A_GUILD, a_generation, a_song, put_people

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
COMMON = Effort(total=10, sample=20, sample_of_guild=20, few=0)
RARE = Effort(sample=1, sample_of_guild=1)  # so few songs are all seen else
READS_ALL = re.compile(r"SCAN (song_search|songs|owner_words|word_slips)(?! USING (COVERING )?INDEX)|Seq Scan on song")


async def fill(store: Store) -> None:
    async with store.begin() as tx:
        await put_people(tx)
        for number in range(30):
            generation = await tx.generations.add(a_generation())
            word = "rain" if number % 5 == 1 else "sun"
            moment = NOON + timedelta(minutes=number)
            await tx.songs.add(a_song(generation, title=word, duration_s=number + 1.0, created_at=moment))


@contextmanager
def noted(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Statements about songs, with their parameters, in the order in which they were run."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Connection, _u: object, statement: str, parameters: Any, *_: object) -> None:
        if "song_search" in statement:
            statements.append((statement, parameters))

    event.listen(store._engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(store._engine.sync_engine, "before_cursor_execute", note)


async def plans(store: Store, query: LibraryQuery, effort: Effort) -> str:
    """How the engine goes about every statement of a search."""
    async with store.begin() as tx:
        with noted(store) as statements:
            await Library(tx.library._link, effort).find(query)
        connection = tx.library._link.connection
        how = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        lines: list[str] = []
        for statement, parameters in statements:
            rows = await connection.exec_driver_sql(how + statement, parameters)
            lines += [str(row[-1]) for row in rows]
        return "\n".join(lines)


async def test_a_rare_word_is_gathered_from_the_full_text_index(url: str) -> None:
    async with Store.open(url) as store:
        await fill(store)
        for order, guild_id in product(Order, (None, A_GUILD.id)):
            query = LibraryQuery(guild_id=guild_id, everything=True, text="rain", order=order, facets=True)
            plan = await plans(store, query, RARE)
            assert "song_words VIRTUAL TABLE INDEX" in plan or "Bitmap Index Scan on ix_song_search_tokens" in plan
            assert not READS_ALL.search(plan), plan


async def test_what_is_common_is_met_on_a_walk_in_the_order_asked_for(url: str) -> None:
    async with Store.open(url) as store:
        await fill(store)
        for order, guild_id, text in product(Order, (None, A_GUILD.id), ("", "sun")):
            query = LibraryQuery(guild_id=guild_id, everything=True, text=text, order=order, limit=2)
            plan = await plans(store, query, COMMON)
            on_sqlite = "VIRTUAL TABLE" in plan or "SEARCH" in plan or "SCAN" in plan
            assert not READS_ALL.search(f"{plan}\n".replace("SCAN song_search\n", "") if on_sqlite else plan), plan
            if order in {Order.LONGEST, Order.SHORTEST}:
                index = "length_s_number" if guild_id is None else "guild_id_length_s_number"
                assert f"ix_song_search_{index}" in plan, plan
