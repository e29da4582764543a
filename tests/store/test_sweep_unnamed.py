"""The sweep of ready files that no song names any more: they go after an hour, and never one that a song names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from support.shelves import Hours, a_shelf, put_song, row_of

from conductr_store import FileKind, FileState, MediaMissing, Shelf, sweep

pytestmark = pytest.mark.anyio

LONG_AGO = timedelta(hours=2)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
async def shelf(any_url: str, tmp_path: Path, hours: Hours) -> AsyncIterator[Shelf]:
    async with a_shelf(any_url, tmp_path / "media", hours.now) as shelf:
        yield shelf


async def test_a_ready_file_that_no_song_names_goes_after_an_hour_with_its_row(shelf: Shelf, hours: Hours) -> None:
    hours.ago = LONG_AGO
    audio, packets, cover, lost = [
        await shelf.keep_file(data, suffix, kind=kind)
        for data, suffix, kind in (
            (b"audio", ".mp3", FileKind.AUDIO),
            (b"packets", ".opus", FileKind.PACKETS),
            (b"cover", ".jpg", FileKind.COVER),
            (b"lost", ".mp3", FileKind.AUDIO),
        )
    ]
    small, stray = [await shelf.keep_file(data, ".jpg", kind=FileKind.COVER) for data in (b"small", b"stray")]
    other = await shelf.keep_file(b"of nobody knows what", ".txt", kind=FileKind.OTHER)
    async with shelf.store.begin() as tx:
        await tx.files.put_cover_sizes(cover, {64: small})
        await tx.files.put_cover_sizes(stray, {64: stray})
    await put_song(shelf, audio_key=audio, opus_key=packets, cover_key=cover)
    hours.ago = timedelta(0)
    young = await shelf.keep_file(b"young", ".mp3", kind=FileKind.AUDIO)
    assert (await sweep(shelf)).deleted == 2
    for key in (lost, stray):
        assert not await shelf.media.exists(key)
        assert (await row_of(shelf, key)).state is FileState.GONE
    for key in (audio, packets, cover, small, other, young):
        assert (await row_of(shelf, key)).state is FileState.READY
        assert await shelf.media.exists(key)


async def test_a_song_never_comes_to_name_a_file_that_leaves(shelf: Shelf, hours: Hours) -> None:
    """One that stood still longer than the grace claims its files: they are there, or it is told to keep them anew."""
    outcomes: set[str] = set()
    for number in range(2):
        hours.ago = LONG_AGO
        key = await shelf.keep_file(bytes([number]), ".mp3", kind=FileKind.AUDIO)
        hours.ago = timedelta(0)

        async def name(key: str = key) -> None:
            song = await put_song(shelf)
            try:
                async with shelf.store.begin() as tx:
                    await tx.files.claim([key])
                    await tx.songs.update(song, audio_key=key)
            except MediaMissing:
                outcomes.add("told")
            else:
                outcomes.add("kept")
                assert await shelf.media.exists(key)

        async with anyio.create_task_group() as group:
            if number % 2:
                group.start_soon(name)
            group.start_soon(sweep, shelf)
            if not number % 2:
                group.start_soon(name)
        async with shelf.store.begin() as tx:
            named = await tx.files.named_by_songs([key])
        assert not named or (await row_of(shelf, key)).state is FileState.READY
        assert not named or await shelf.media.exists(key)
    assert outcomes


async def test_one_that_was_named_after_the_look_is_left_alone(shelf: Shelf, hours: Hours) -> None:
    """Between the look at all rows and the taking out of one."""
    hours.ago = LONG_AGO
    key = await shelf.keep_file(b"song", ".mp3", kind=FileKind.AUDIO)
    seen = await row_of(shelf, key)
    await put_song(shelf, audio_key=key)
    async with shelf.store.begin() as tx:
        assert not await tx.files.take_out(key, seen, unnamed=True)
        assert await tx.files.take_out(key, seen)


async def test_what_leaves_and_was_not_deleted_yet_cannot_be_claimed(shelf: Shelf, hours: Hours) -> None:
    hours.ago = LONG_AGO
    key = await shelf.keep_file(b"song", ".mp3", kind=FileKind.AUDIO)
    hours.ago = timedelta(0)
    async with shelf.store.begin() as tx:
        assert await tx.files.take_out(key, await tx.files.get(key), unnamed=True)
    for wanted in (key, "unknown"):
        with pytest.raises(MediaMissing):
            async with shelf.store.begin() as tx:
                await tx.files.claim([wanted])
    async with shelf.store.begin() as tx:
        await tx.files.claim([])
