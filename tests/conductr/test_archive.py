"""Older songs whose files are missing are fetched from who made them, as long as the provider has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from support.quick_suno import Prepared, quick_suno
from support.suno import Suno, settings_for
from support.watching import ended

from conductr import Caller, SetupError, Wish, open_conductr
from conductr.app import open_archive
from conductr.archive import SETTLED_AFTER, Archive, Found
from conductr.bus import LocalBus
from conductr.gateways import Gateway, Gateways
from conductr.keeping import Keeper
from conductr_store import Media, Song, Store
from conductr_store.keys import key_for
from conductr_store.testing import a_generation, a_song
from suno_client import SunoClient
from suno_client.testing import FakeSuno

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NOWHERE = key_for("0" * 64, ".mp3")
OLD = NOW - timedelta(days=3)


async def test_songs_whose_files_were_lost_are_fetched_again_from_who_made_them(
    tmp_path: Path, caller: Caller, prepared: Prepared
) -> None:
    async with quick_suno(prepared) as (suno, _):
        settings = settings_for(tmp_path, suno)
        async with open_conductr(settings) as conductr:
            made = await ended(conductr, (await conductr.generations.start(caller, Wish("rain"), "one")).id)
            files = [await conductr.library.audio(caller, song.id) for song in made.songs]
            before = [file.read_bytes() for file in files]
        later = datetime.now(UTC) + 2 * SETTLED_AFTER
        since = settings_for(  # another gateway came first since then
            tmp_path,
            suno,
            providers="kie,sunoapi",
            kie_key="k",
            kie_url="http://localhost:9",
            sunoapi_key=suno.key,
            sunoapi_url=suno.url,
        )
        async with open_archive(since) as archive:
            assert [song async for song in archive.fetch(later)] == []
            for file in files:
                file.unlink()
            found = {song.song_id: song.found async for song in archive.fetch(later)}
            assert found == {song.id: Found.KEPT for song in made.songs}
            assert [song async for song in archive.fetch(later)] == []
        assert await suno.accepted(1)
    assert [file.read_bytes() for file in files] == before


async def test_the_sandbox_of_this_machine_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, Suno("", ""), suno_api_key=None, suno_base_url=None)
    with pytest.raises(SetupError) as refused:
        async with open_archive(settings):
            pass
    assert refused.value.setting == "CONDUCTR_SUNO_API_KEY"


def archive_of(store: Store, suno: SunoClient) -> Archive:
    media = Media("memory://")
    return Archive(store, media, Gateways(store, (Gateway("sunoapi", suno),)), Keeper(store, media, suno, LocalBus()))


async def a_lost_song(store: Store, clip_id: str = "a clip", **changes: object) -> Song:
    row = a_generation(**{"state": "finished", "task_id": "f" * 32, "created_at": OLD, **changes})
    async with store.begin() as tx:
        await tx.generations.add(row)
        return await tx.songs.add(a_song(row, clip_id=clip_id, state="ready", audio_key=NOWHERE, created_at=OLD))


async def outcomes(archive: Archive) -> list[Found]:
    return [song.found async for song in archive.fetch(NOW)]


async def test_what_the_provider_has_forgotten_is_gone(store: Store) -> None:
    await a_lost_song(store)
    async with FakeSuno().client() as suno:
        assert await outcomes(archive_of(store, suno)) == [Found.GONE]


async def test_a_take_that_its_task_does_not_have_is_gone_though_the_task_is_there(store: Store) -> None:
    async with FakeSuno(steps=("SUCCESS",)).client() as suno:
        task = await suno.generations.create("rain")
        await a_lost_song(store, task_id=task.id)
        assert await outcomes(archive_of(store, suno)) == [Found.GONE]


async def test_a_take_of_which_no_file_is_named_is_gone(store: Store) -> None:
    async with FakeSuno(steps=("TEXT_SUCCESS",)).client() as suno:
        task = await suno.generations.create("rain")
        clips = (await suno.generations.get(task.id)).clips
        await a_lost_song(store, clips[0].id, task_id=task.id)
        assert await outcomes(archive_of(store, suno)) == [Found.GONE]


async def test_a_provider_that_is_away_is_asked_another_time(store: Store) -> None:
    await a_lost_song(store)
    async with SunoClient("key", base_url="http://127.0.0.1:9") as suno:
        assert await outcomes(archive_of(store, suno)) == [Found.AWAY]


async def test_a_song_that_nobody_is_known_to_have_made_is_orphaned(store: Store) -> None:
    await a_lost_song(store, task_id=None)
    song = await a_lost_song(store)
    async with store.begin() as tx:
        made = await tx.attempts.begin(song.generation_id, provider="kie", nonce_hash="n", key_id="a key that is gone")
        await tx.attempts.settle(made.id, "accepted", task_id="f" * 32)  # pyright: ignore[reportArgumentType]
    async with FakeSuno().client() as suno:
        assert await outcomes(archive_of(store, suno)) == [Found.ORPHANED, Found.ORPHANED]


async def test_every_song_is_looked_at_however_many_there_are(store: Store) -> None:
    for _ in range(5):
        await a_lost_song(store)
    async with FakeSuno().client() as suno:
        assert len(await outcomes(evolve(archive_of(store, suno), at_a_time=2))) == 5


async def test_what_is_young_or_in_the_making_is_the_watchers(store: Store) -> None:
    young = await a_lost_song(store)
    async with store.begin() as tx:
        await tx.songs.update(young.id, created_at=NOW - SETTLED_AFTER / 2)
    await a_lost_song(store, state="composing")
    async with FakeSuno().client() as suno:
        assert await outcomes(archive_of(store, suno)) == []
