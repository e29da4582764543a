"""Questions that grow with the library are answered by an index, on both engines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from conductr_store import Store, UnitOfWork
from conductr_store.testing import A_GUILD, A_USER, a_playlist, put_people, put_song

pytestmark = pytest.mark.anyio

Question = Callable[[UnitOfWork], Awaitable[object]]
QUESTIONS: dict[str, Question] = {
    "ix_songs_played": lambda tx: tx.songs.last_played(A_GUILD.id),
    "ix_songs_parent": lambda tx: tx.songs.family("song"),
    "ix_favourites_user_id_added_at_song_id": lambda tx: tx.favourites.of(A_USER.id),
    "ix_favourites_song_id": lambda tx: tx.favourites.counts(["song"]),
    "ix_playlist_songs_playlist_id_rank": lambda tx: tx.playlists.songs("playlist"),
    "uq_playlists_own_name": lambda tx: tx.playlists.named("Evenings", owner_id=A_USER.id, guild_id=None),
    "uq_playlists_guild_name": lambda tx: tx.playlists.of_guild(A_GUILD.id),
}


@contextmanager
def overheard(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """The reading statements that are run meanwhile."""
    heard: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            heard.append((statement, parameters))

    event.listen(store._engine.sync_engine, "before_cursor_execute", note)
    yield heard
    event.remove(store._engine.sync_engine, "before_cursor_execute", note)


async def test_no_question_reads_a_whole_table(url: str) -> None:
    async with Store.open(url) as store:
        async with store.begin() as tx:
            await put_people(tx)
            song = await put_song(tx, id="song")
            await tx.playlists.create(a_playlist(id="playlist"))
            await tx.playlists.append("playlist", song.id, A_USER.id)
        for index, ask in QUESTIONS.items():
            with overheard(store) as heard:
                async with store.begin() as tx:
                    await ask(tx)
            plans = [await plan_of(store, *each) for each in heard]
            assert any(index in plan for plan in plans), (index, plans)


async def plan_of(store: Store, statement: str, parameters: Any) -> str:
    """With the planner made to shun a table scan, which it likes best where a table is as small as here."""
    async with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        else:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(str(tuple(row)) for row in rows)
