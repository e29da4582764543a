"""Songs are found again whatever stands in their titles; queues never go back in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conductr_store import Conflict, Generation, Guild, NotFound, Orphan, QueueSnapshot, Song, SongState, Store
from conductr_store.columns import readable
from conductr_store.repositories.songs import fold
from conductr_store.testing import A_GUILD, a_generation, a_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SHORT = st.text(alphabet=st.sampled_from("%_\\/aA'\"ßSÄä\0 "), max_size=6) | st.text(max_size=8)


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
        assert (await tx.songs.search(guild_id=None, text="storm")).items == (changed,)
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


async def test_a_search_looks_at_title_style_and_prompt_in_one_guild_newest_first(store: Store) -> None:
    async with store.begin() as tx:
        await tx.guilds.put(Guild(12, "Elsewhere"))
        elsewhere = await tx.generations.add(a_generation(guild_id=12))
    generation = await generation_in(store)
    old, new = await added(
        store,
        a_song(generation, 0, title="Über den Wolken", prompt="p", created_at=NOON),
        a_song(generation, 1, title="x", style="WOLKEN", prompt="p", created_at=NOON + SECOND),
    )
    (far,) = await added(store, a_song(elsewhere, prompt="wolken", created_at=NOON + 2 * SECOND))
    async with store.begin() as tx:
        assert (await tx.songs.search(guild_id=A_GUILD.id, text="wolKEN")).items == (new, old)
        assert (await tx.songs.search(guild_id=None, text="wolken")).items == (far, new, old)
        assert (await tx.songs.search(guild_id=A_GUILD.id, text="über")).items == (old,)
        page = await tx.songs.search(guild_id=A_GUILD.id, limit=1, offset=1)
        assert (page.items, page.total) == ((old,), 2)
        page = await tx.songs.search(guild_id=A_GUILD.id, text="100%", limit=-1, offset=-1)
        assert (page.items, page.total) == ((), 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=SHORT, text=SHORT)
@example(title="100% rain", text="0%")
@example(title="100 rain", text="0%")
@example(title="a_b", text="_")
@example(title="ab", text="_")
@example(title="a\\b", text="\\")
@example(title="STRASSE", text="straße")
async def test_a_song_is_found_exactly_by_what_stands_in_it(store: Store, title: str, text: str) -> None:
    generation = await generation_in(store)
    (song,) = await added(store, a_song(generation, title=title, prompt=""))
    async with store.begin() as tx:
        page = await tx.songs.search(guild_id=A_GUILD.id, text=text, limit=1_000_000)
    stands_in_it = readable(fold(text)) in readable(fold(title)) + "\n\n"
    assert (song.id in {found.id for found in page.items}) == (stands_in_it or not text)


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
