"""Deleted songs: what goes, what stays for the rows that speak of them, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from conductr_store import InUse, LibraryQuery, NotFound, Song, Store, SungWord, UnitOfWork
from conductr_store.tables import song_genres
from conductr_store.testing import A_GUILD, A_USER, a_generation, a_playlist, a_song, put_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def genres_of(tx: UnitOfWork, song: Song) -> set[str]:
    rows = await tx.songs._link.rows(select(song_genres.c.genre).where(song_genres.c.song_id == song.id))
    return {row["genre"] for row in rows}


async def test_a_song_that_no_row_speaks_of_goes_without_a_trace(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx, tags=("jazz",), audio_key="key")
        await tx.songs.sing(song.id, [SungWord("la", 0.0, 0.5)])
        assert await tx.songs.delete(song.id) == song  # the caller learns which files it had
        with pytest.raises(NotFound):
            await tx.songs.get(song.id, deleted=True)
        assert await genres_of(tx, song) == set()
        assert await tx.songs.sung(song.id) == ()
        with pytest.raises(NotFound):
            await tx.songs.delete(song.id)


@pytest.mark.parametrize("speaker", ["favourite", "playlist", "child", "generation"])
async def test_a_song_that_others_speak_of_leaves_its_name_and_nothing_of_what_it_held(
    store: Store, speaker: str
) -> None:
    async with store.begin() as tx:
        keys = dict.fromkeys(("audio_key", "opus_key", "cover_key", "stream_url"), "secret")
        song = await put_song(tx, tags=("jazz",), style="secret", lyrics="secret", rights="secret", **keys)
        await tx.songs.sing(song.id, [SungWord("secret", 0.0, 0.5)])
        await speak_of(tx, song, speaker)
        await tx.songs.delete(song.id)
        left = await tx.songs.get(song.id, deleted=True)
        assert left.deleted_at is not None
        assert "secret" not in repr(left)
        assert (left.id, left.title, left.take, left.prompt, left.genres) == (song.id, song.title, song.take, "", ())
        assert await genres_of(tx, song) == set()
        assert await tx.songs.sung(song.id) == ()
        assert await tx.songs.of_generation(song.generation_id) == (left,)
        assert (await tx.library.find(LibraryQuery(guild_id=A_GUILD.id, text=song.title))).total == int(
            speaker == "child"
        )
        for refused in (tx.songs.get(song.id), tx.songs.delete(song.id), tx.songs.update(song.id, title="back")):
            with pytest.raises(NotFound):
                await refused
        await tx.songs.played(song.id, NOON)  # it was playing when it was deleted


async def speak_of(tx: UnitOfWork, song: Song, speaker: str) -> None:
    match speaker:
        case "favourite":
            await tx.favourites.add(A_USER.id, song.id)
        case "playlist":
            playlist = await tx.playlists.create(a_playlist())
            await tx.playlists.append(playlist.id, song.id, A_USER.id)
            await tx.playlists.delete(playlist.id)  # it may yet be restored
        case "child":
            await put_song(tx, parent_id=song.id)
        case _:
            await tx.generations.update(song.generation_id, state="composing")


async def test_a_song_that_grows_cannot_be_deleted(store: Store) -> None:
    async with store.begin() as tx:
        generation = await tx.generations.add(a_generation())
        song = await tx.songs.add(a_song(generation))
        with pytest.raises(InUse, match="still being made"):
            await tx.songs.delete(song.id)
        assert await tx.songs.get(song.id) == song


async def test_what_is_left_of_a_song_goes_when_nothing_speaks_of_it_any_more(store: Store) -> None:
    async with store.begin() as tx:
        kept, liked, parent, making = [await put_song(tx) for _ in range(4)]
        await tx.favourites.add(A_USER.id, liked.id)
        child = await put_song(tx, parent_id=parent.id)
        await tx.generations.update(making.generation_id, state="composing")
        for song in (liked, parent, making):
            await tx.songs.delete(song.id)
        assert await tx.songs.purge() == 0
        await tx.favourites.remove(A_USER.id, liked.id)
        await tx.songs.delete(child.id)
        assert await tx.songs.purge() == 2
        for gone in (liked, parent):
            with pytest.raises(NotFound):
                await tx.songs.get(gone.id, deleted=True)
        await tx.generations.update(making.generation_id, state="finished")
        assert await tx.songs.purge() == 1
        assert await tx.songs.get(kept.id) == kept
