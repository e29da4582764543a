"""Migrations with rows in the tables: a step up keeps all that was there, a step down loses only what is newer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from support.schema_rows import Rows, as_of, fill
from support.schema_rows import read as read_all

from conductr_store import FileKind, FileState, GenerationState, LibraryQuery, SongState, Store, check_up
from conductr_store.schema import config, head, migrate

pytestmark = pytest.mark.anyio

REVISIONS = [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]
STEPS = list(pairwise(REVISIONS))
# What 0007 makes of these is held by test_search_migration.
DERIVED = (("songs", "found_by"), ("song_search", "tokens"))
KEYS = {
    suffix: f"{letters}/{letters}/{letters * 32}{suffix}"
    for letters, suffix in (("aa", ".mp3"), ("bb", ".opus"), ("cc", ".jpg"))
}
# As the first version wrote it, on either engine.
OLD_ROWS = (
    "INSERT INTO users VALUES (7, 'Ada'), (8, '')",
    "INSERT INTO guilds VALUES (11, 'The Lounge', 80)",
    (
        "INSERT INTO generations"
        " (id, guild_id, user_id, request_key, prompt, style, instrumental, model, state, task_id, reply_to, told,"
        " created_at, updated_at)"
        " VALUES ('g', 11, 7, 'r', 'rain on tin', 'lo-fi, Jazz', FALSE, 'V5_5', 'finished', 't', '{\"channel\": 5}',"
        " 'playable', '2026-11-01 10:00:00.000000', '2026-11-01 10:05:00.000000')"
    ),
    (
        "INSERT INTO songs VALUES"
        " ('s', 'g', 0, 'c', 11, 7, 'Tin Roof', 'lo-fi, Jazz', 'drip drop', 'rain on tin', 'V5_5', 'ready', 93.5, NULL,"
        f" '{KEYS['.mp3']}', '{KEYS['.opus']}', '{KEYS['.jpg']}', '2026-11-01 10:05:00.000000',"
        " 'tin roof\nlo-fi, jazz\nrain on tin')"
    ),
    "INSERT INTO queues VALUES (11, 4, 12.5, '{\"queue\": [\"s\"]}', '2026-11-01 10:06:00.000000')",
)


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Store]:
    """A store in whose database nothing is yet."""
    made = Store(empty_url)
    yield made
    await made.close()


def read(connection: Connection) -> Rows:
    """All but what a step makes anew from the rest."""
    kept = read_all(connection)
    for table, column in DERIVED:
        if table in kept:
            kept[table] = [{name: row[name] for name in row if name != column} for row in kept[table]]
    return kept


async def done(store: Store, work: Callable[[Connection], Any]) -> Any:
    async with store._engine.begin() as connection:
        return await connection.run_sync(work)


async def to(store: Store, revision: str) -> None:
    await migrate(store._engine, store.place, to=revision)


async def test_a_step_up_keeps_every_row_and_a_step_down_loses_only_what_is_newer(store: Store, empty_url: str) -> None:
    shapes: dict[str, Rows] = {}
    for revision in REVISIONS:
        before: Rows = await done(store, read) if shapes else {}
        await to(store, revision)
        assert as_of(await done(store, read), before) == before, f"up to {revision}"
        await done(store, fill)
        shapes[revision] = await done(store, read)
        assert all(shapes[revision].values())
    rows = shapes[REVISIONS[-1]]
    for below in REVISIONS[-2::-1]:
        await to(store, below)
        rows, before = await done(store, read), rows
        assert rows == as_of(before, shapes[below]), f"down to {below}"
        assert columns(rows) == columns(shapes[below])
    await to(store, "head")
    assert as_of(await done(store, read), rows) == rows
    assert (await check_up(empty_url)).healthy


def columns(rows: Rows) -> dict[str, set[str]]:
    return {table: set(found[0]) for table, found in rows.items()}


async def test_what_the_first_version_wrote_is_read_by_the_newest_and_by_the_first_again(
    store: Store, empty_url: str
) -> None:
    await to(store, "0001")
    for statement in OLD_ROWS:
        await done(store, lambda connection, statement=statement: connection.exec_driver_sql(statement))
    written: Rows = await done(store, read_all)
    async with Store.open(empty_url) as newest, newest.begin() as tx:
        assert (await tx.users.get(7)).name == "Ada"
        assert (await tx.guilds.get(11)).settings.volume == 80
        wish = await tx.generations.get("g")
        assert (wish.state, wish.told, wish.reply_to) == (
            GenerationState.FINISHED,
            GenerationState.PLAYABLE,
            {"channel": 5},
        )
        [song] = await tx.songs.of_generation("g")
        assert (song.title, song.state, song.duration_s) == ("Tin Roof", SongState.READY, 93.5)
        queue = await tx.queues.load(11)
        assert queue is not None
        assert (queue.seq, queue.session) == (4, {"queue": ["s"]})
        kinds = {suffix: (await tx.files.get(key)).kind for suffix, key in KEYS.items()}
        assert kinds == {".mp3": FileKind.AUDIO, ".opus": FileKind.PACKETS, ".jpg": FileKind.COVER}
        assert {(await tx.files.get(key)).state for key in KEYS.values()} == {FileState.READY}
        assert (await tx.library.find(LibraryQuery(guild_id=11, text="tin"))).total == 1
    await to(store, "0001")
    assert await done(store, read_all) == written


async def test_a_step_that_breaks_off_amid_rows_never_was(store: Store) -> None:
    """The last thing that a step does is to say which it was: there it is cut."""
    for below, above in STEPS:
        await to(store, below)
        await done(store, fill)
        before: Rows = await done(store, read)
        await done(store, lambda connection: connection.execute(text(FORBID[connection.dialect.name])))
        with pytest.raises(Exception, match=r".+"):
            await to(store, above)
        await done(
            store, lambda connection: [connection.execute(text(line)) for line in ALLOW[connection.dialect.name]]
        )
        assert await done(store, read) == before, above


FORBID = {
    "sqlite": "CREATE TRIGGER forbid BEFORE UPDATE ON alembic_version BEGIN SELECT RAISE(ABORT, 'no'); END",
    "postgresql": "ALTER TABLE alembic_version ADD CONSTRAINT forbid CHECK (version_num IS NULL) NOT VALID",
}
ALLOW = {
    "sqlite": ("DROP TRIGGER forbid",),
    "postgresql": ("ALTER TABLE alembic_version DROP CONSTRAINT forbid",),
}


def test_the_revisions_follow_one_another_in_one_line() -> None:
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert REVISIONS[-1] == head()
