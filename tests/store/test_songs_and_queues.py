"""Songs come back as they were kept; queues never go back in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from conductr_store import (
    Conflict,
    Generation,
    Guild,
    LibraryQuery,
    NotFound,
    Orphan,
    QueueSnapshot,
    Song,
    SongState,
    Store,
)
from conductr_store.testing import A_GUILD, a_generation, a_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def generation_in(store: Store) -> Generation:
    async with store.begin() as tx:
        return await tx.generations.add(a_generation())


async def added(store: Store, *songs: Song) -> tuple[Song, ...]:
    async with store.begin() as tx:
        return tuple([await tx.songs.add(song) for song in songs])


async def test_a_song_comes_back_as_it_went_in_and_as_it_was_changed(store: Store) -> None:
    generation = await generation_in(store)
    (song,) = await added(store, a_song(generation, style="lofi", lyrics="la", stream_url="https://s.test/1"))
    async with store.begin() as tx:
        assert await tx.songs.get(song.id) == song
        changed = await tx.songs.update(song.id, state="ready", duration_s=61.44, audio_key="k", title="Storm")
        assert changed == evolve(song, state=SongState.READY, duration_s=61.44, audio_key="k", title="Storm")
        assert await tx.songs.get(song.id) == changed
        assert (await tx.library.find(LibraryQuery(everything=True, text="storm"))).items == (changed,)
        with pytest.raises(NotFound, match="404"):
            await tx.songs.update("404", title="x")
        with pytest.raises(NotFound, match="404"):
            await tx.songs.get("404")


async def test_a_take_is_kept_once_and_takes_come_in_order(store: Store) -> None:
    generation = await generation_in(store)
    second, first = await added(store, a_song(generation, 1), a_song(generation, 0))
    with pytest.raises(Conflict):
        await added(store, a_song(generation, 1))
    with pytest.raises(Orphan):
        await added(store, a_song(a_generation(id="nowhere")))
    async with store.begin() as tx:
        assert await tx.songs.of_generation(generation.id) == (first, second)
        assert await tx.songs.of_generation("nowhere") == ()


async def test_a_newer_snapshot_replaces_an_older_never_the_other_way(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.queues.load(A_GUILD.id) is None
        first = QueueSnapshot(A_GUILD.id, 2, 1.5, {"version": 1, "entries": [{"id": "e"}]}, NOON)
        assert await tx.queues.save(first)
        assert not await tx.queues.save(QueueSnapshot(A_GUILD.id, 1, 9.0, {}, NOON))
        assert await tx.queues.load(A_GUILD.id) == first
        second = QueueSnapshot(A_GUILD.id, 3, 2.5, {"version": 1}, NOON + SECOND)
        assert await tx.queues.save(second)
        assert await tx.queues.load(A_GUILD.id) == second


async def test_all_queues_come_by_guild(store: Store) -> None:
    with pytest.raises(Orphan):
        async with store.begin() as tx:
            await tx.queues.save(QueueSnapshot(404, 1, 0.0, {}))
    async with store.begin() as tx:
        await tx.guilds.put(Guild(3, "Three"))
        for guild_id in (A_GUILD.id, 3):
            await tx.queues.save(QueueSnapshot(guild_id, 1, 0.0, {}))
        assert [queue.guild_id for queue in await tx.queues.all()] == [3, A_GUILD.id]
