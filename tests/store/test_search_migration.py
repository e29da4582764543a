"""Revision 0007 with rows in the tables: the index tells what searches ask, and no longer once it is taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from re import fullmatch
from typing import Any

import pytest
from sqlalchemy import event, text

from conductr_store import LibraryQuery, Store, Visibility
from conductr_store.schema import migrate
from conductr_store.tables import songs
from conductr_store.testing import A_GUILD, A_USER, put_people, put_song

pytestmark = pytest.mark.anyio

MANY = 4_001
HELD_AT_MOST = 2_000  # rows
COPIED = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many)
INSERT INTO songs ({names}) SELECT {values} FROM songs, numbers WHERE songs.id = :song
"""
QUERIES = (
    LibraryQuery(guild_id=A_GUILD.id),
    LibraryQuery(guild_id=A_GUILD.id, viewer_id=A_USER.id),
    LibraryQuery(guild_id=A_GUILD.id, text="unk"),
    LibraryQuery(guild_id=A_GUILD.id, text="x"),
    LibraryQuery(guild_id=A_GUILD.id, length_s=(150.0, None)),
    LibraryQuery(guild_id=A_GUILD.id, length_s=(0.0, 150.0)),
)


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Store]:
    async with Store.open(empty_url) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened


async def to(store: Store, revision: str) -> None:
    await migrate(store._engine, store.place, to=revision)


async def tokens(store: Store) -> dict[str, tuple[int, frozenset[str]]]:
    """By song: its number, and what the index keeps of it."""
    async with store._engine.begin() as connection:
        rows = await connection.execute(text("SELECT song_id, number, CAST(tokens AS text) FROM song_search"))
        return {id_: (number, frozenset(kept.replace("'", "").split())) for id_, number, kept in rows}


async def found(store: Store) -> list[list[str]]:
    async with store.begin() as tx:
        return [[song.title for song in (await tx.library.find(query)).items] for query in QUERIES]


def told(kept: frozenset[str]) -> set[str]:
    """What 0007 adds: nothing that a word can be, since words have their kind's letter before them."""
    return {token for token in kept if token in {"x", "l_"} or fullmatch(r"[abc]\d+", token)}


async def test_the_index_tells_privacy_unknown_lengths_and_times_above_0007_and_not_below(store: Store) -> None:
    async with store.begin() as tx:
        kinds = {
            (await put_song(tx, title=title, duration_s=length_s, visibility=visibility)).id: told_of
            for title, length_s, visibility, told_of in (
                ("Secret x", 200.0, Visibility.PRIVATE, {"x"}),
                ("Unknown l_", None, Visibility.GUILD, {"l_"}),
                ("Both x l_ a1 b2 c3", None, Visibility.PRIVATE, {"x", "l_"}),
                ("Plain x", 100.0, Visibility.PUBLIC, set[str]()),
            )
        }
    written, answers = await tokens(store), await found(store)
    assert [len(answer) for answer in answers] == [2, 4, 1, 1, 0, 1]
    for _ in range(2):
        await to(store, "0006")
        below = await tokens(store)
        assert {id_: told(kept) for id_, (_, kept) in below.items()} == {id_: set() for id_ in kinds}
        assert all(kept == written[id_][1] - told(written[id_][1]) for id_, (_, kept) in below.items())
        await to(store, "head")
        above = await tokens(store)
        for id_, (number, kept) in above.items():
            assert told(kept) == kinds[id_] | times(store, number)
        assert above == written
        assert await found(store) == answers


def times(store: Store, number: int) -> set[str]:
    if store._engine.dialect.name == "sqlite":
        return set()
    return {f"a{number >> 32}", f"b{number >> 29}", f"c{number >> 26}"}


async def test_all_songs_are_found_by_their_folded_words_below_0007_and_few_are_held_at_a_time(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx, title="\uff32AIN \N{LATIN SMALL LETTER SHARP S}", prompt="Tin ROOF")
    made = {"id": "'s' || n", "clip_id": "'c' || n", "take": "n", "title": "title || ' ' || n"}
    names = songs.columns.keys()
    copied = COPIED.format(names=", ".join(names), values=", ".join(made.get(name, name) for name in names))
    async with store._engine.begin() as connection:
        await connection.execute(text(copied), {"many": MANY - 1, "song": song.id})
    said: list[tuple[str, int]] = []

    def listen(*heard: Any) -> None:
        statement, parameters, many = heard[2], heard[3], heard[5]
        if " songs" in statement and statement.startswith(("SELECT", "UPDATE")):
            said.append((statement[:6], len(parameters) if many else 1))

    event.listen(store._engine.sync_engine, "before_cursor_execute", listen)
    await to(store, "0006")
    event.remove(store._engine.sync_engine, "before_cursor_execute", listen)
    written = [rows for kind, rows in said if kind == "UPDATE"]
    assert sum(written) == MANY
    assert max(written) <= HELD_AT_MOST
    assert [kind for kind, _ in said] == ["SELECT", "UPDATE"] * len(written) + ["SELECT"]
    async with store._engine.begin() as connection:
        rows = await connection.execute(text("SELECT id, found_by FROM songs"))
        words = {row.id: row.found_by for row in rows}
    assert words == {
        song.id: "rain ss\n\ntin roof",
        **{f"s{n}": f"rain ss {n}\n\ntin roof" for n in range(1, MANY)},
    }
