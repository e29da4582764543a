"""Revision 0003 with rows in the tables: songs keep all that they had, and what was deleted does not come back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from conductr_store import Store, SungWord
from conductr_store.schema import migrate
from conductr_store.testing import A_GUILD, A_USER, a_playlist, put_people, put_song

pytestmark = pytest.mark.anyio

OLD_SONG = """
INSERT INTO songs (id, generation_id, take, clip_id, guild_id, owner_id, title, style, prompt, model, state,
                   created_at, found_by)
VALUES (:id, 'g', :take, 'c', 11, 7, 'Rain', :style, 'p', 'V5', 'ready', CURRENT_TIMESTAMP, 'rain')
"""
OLD_GENERATION = """
INSERT INTO generations (id, guild_id, user_id, request_key, prompt, instrumental, model, state, created_at, updated_at)
VALUES ('g', 11, 7, 'r', 'p', false, 'V5', 'finished', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)
"""


async def run(store: Store, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    async with store._engine.begin() as connection:
        result = await connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


async def test_older_songs_get_tags_and_genres_from_their_style_and_the_defaults(empty_url: str) -> None:
    async with Store.open(empty_url) as store:
        async with store.begin() as tx:
            await put_people(tx)
        await migrate(store._engine, store.place, to="0002")
        await run(store, OLD_GENERATION)
        await run(store, OLD_SONG, id="a", take=0, style="Lo Fi, calm piano")
        await run(store, OLD_SONG, id="b", take=1, style=None)
        await migrate(store._engine, store.place)
        async with store.begin() as tx:
            a, b = await tx.songs.get("a"), await tx.songs.get("b")
        assert (a.title, a.style, a.tags, a.genres) == (
            "Rain",
            "Lo Fi, calm piano",
            ("Lo Fi", "calm piano"),
            ("lo-fi",),
        )
        assert (b.tags, b.visibility, b.play_count, b.deleted_at) == ((), "guild", 0, None)
        assert await run(store, "SELECT song_id, genre FROM song_genres") == [("a", "lo-fi")]


async def test_down_keeps_every_song_but_those_that_were_deleted(empty_url: str) -> None:
    async with Store.open(empty_url) as store:
        async with store.begin() as tx:
            await put_people(tx)
            kept = await put_song(tx, tags=("jazz",))
            gone = await put_song(tx, parent_id=kept.id)
            child = await put_song(tx, parent_id=gone.id)
            playlist = await tx.playlists.create(a_playlist(guild_id=A_GUILD.id))
            await tx.playlists.append(playlist.id, gone.id, A_USER.id)
            await tx.playlists.activate(playlist.id, guild_id=A_GUILD.id)
            await tx.favourites.add(A_USER.id, kept.id)
            await tx.songs.sing(kept.id, [SungWord("la", 0.0, 1.0)])
            await tx.songs.delete(gone.id)
        await migrate(store._engine, store.place, to="0002")
        assert sorted(await run(store, "SELECT id FROM songs")) == sorted([(kept.id,), (child.id,)])
        await migrate(store._engine, store.place)
        async with store.begin() as tx:
            assert (await tx.songs.get(child.id)).title == child.title
            assert await tx.playlists.of_guild(A_GUILD.id) == ()
