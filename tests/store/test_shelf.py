"""Shelf: a row says ready only of a file that is there, and what was used least makes room for what is used."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.shelves import a_shelf, row_of

from conductr_store import FileKind, FileState, MediaMissing, NotFound, Shelf, SongState, StoreBusy
from conductr_store.eviction import Idle, least_used
from conductr_store.faults import FaultInjected, injected
from conductr_store.records import MediaFile
from conductr_store.testing import a_generation, a_song

pytestmark = pytest.mark.anyio

START = datetime(2026, 11, 27, 12, tzinfo=UTC)
SONG = b"ID3" + bytes(range(256)) * 400


class Clock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def shelf(any_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Shelf]:
    async with a_shelf(any_url, tmp_path / "media", clock.now) as shelf:
        yield shelf


async def test_a_kept_file_is_ready_known_and_there(shelf: Shelf, tmp_path: Path) -> None:
    source = tmp_path / "song"
    source.write_bytes(SONG)
    key = await shelf.keep_file(source, ".mp3", kind=FileKind.AUDIO)
    row = await row_of(shelf, key)
    assert (row.state, row.kind, row.size_bytes, row.refetchable) == (
        FileState.READY,
        FileKind.AUDIO,
        len(SONG),
        False,
    )
    assert await shelf.media.read(key) == SONG
    assert await shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO) == key


async def test_a_file_that_could_not_be_written_is_never_ready(shelf: Shelf) -> None:
    key = await shelf.media.key_of(SONG, ".mp3")
    for fault in ("media.part_open", "media.part_written", "media.part_fsynced", "media.renamed", "media.dir_fsynced"):
        with injected(f"{fault}:1:raise"), pytest.raises(FaultInjected):
            await shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO)
        assert (await row_of(shelf, key)).state is FileState.WRITING, fault
        await shelf.media.delete(key)
    await shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO)
    assert (await row_of(shelf, key)).state is FileState.READY


async def test_eight_that_keep_the_same_leave_one_ready_file(shelf: Shelf) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(lambda: shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO))
    async with shelf.store.begin() as tx:
        [total] = await tx.files.totals()
    assert (total.state, total.files, total.size_bytes) == (FileState.READY, 1, len(SONG))


async def test_nobody_keeps_a_file_while_it_is_deleted(shelf: Shelf) -> None:
    key = await shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO)
    async with shelf.store.begin() as tx:
        assert await tx.files.take_out(key, await tx.files.get(key))
    with pytest.raises(StoreBusy):
        async with shelf.store.begin() as tx:
            await tx.files.expect(MediaFile(key=key))
    await shelf.delete(key)
    assert (await row_of(shelf, key)).state is FileState.GONE
    assert not await shelf.media.exists(key)
    assert await shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO) == key
    assert (await row_of(shelf, key)).state is FileState.READY


async def test_a_file_that_was_taken_away_while_it_was_put_is_not_called_ready(shelf: Shelf) -> None:
    key = await shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO)
    async with shelf.store.begin() as tx:
        await tx.files.settle(key, FileState.READY, FileState.GONE)
        with pytest.raises(MediaMissing):
            await tx.files.ready(key)


async def test_what_was_seen_before_it_was_used_again_is_left_alone(shelf: Shelf, clock: Clock) -> None:
    key = await shelf.keep_file(SONG, ".mp3", kind=FileKind.AUDIO)
    seen = await row_of(shelf, key)
    clock.pass_by(minutes=1)
    async with shelf.store.begin() as tx:
        await tx.files.played([key, "unknown"], clock.at)
        assert not await tx.files.take_out(key, seen)
        assert not await tx.files.take_out(key, None)
        assert (await tx.files.get(key)).state is FileState.READY


async def test_an_unknown_file_is_not_found(shelf: Shelf) -> None:
    async with shelf.store.begin() as tx:
        with pytest.raises(NotFound):
            await tx.files.get("nothing")
        with pytest.raises(NotFound):
            await tx.files.ready("nothing")
        await tx.files.played([], START)


async def test_what_was_played_least_recently_makes_room_and_what_cannot_be_had_again_stays(
    shelf: Shelf, clock: Clock
) -> None:
    precious = await shelf.keep_file(bytes(5_000), ".mp3", kind=FileKind.AUDIO)
    packets: list[str] = []
    for number in range(4):
        clock.pass_by(minutes=1)
        data = bytes([number]) * 1_000
        packets.append(await shelf.keep_file(data, ".opus", kind=FileKind.PACKETS, refetchable=True))
    clock.pass_by(hours=2)
    async with shelf.store.begin() as tx:
        await tx.files.played([packets[0]], clock.at - timedelta(minutes=90))
    freed = await shelf.make_room(7_500)
    assert (freed.files, freed.freed_bytes, freed.over_bytes) == (2, 2_000, 0)
    there = [key for key in packets if await shelf.media.exists(key)]
    assert there == [packets[0], packets[3]]
    assert (await row_of(shelf, packets[1])).state is FileState.GONE
    rest = await shelf.make_room(0)
    assert (rest.files, rest.over_bytes) == (2, 5_000)
    assert await shelf.media.exists(precious)
    assert (await shelf.make_room(5_000)).files == 0


async def test_what_may_be_playing_now_makes_no_room(shelf: Shelf, clock: Clock) -> None:
    key = await shelf.keep_file(SONG, ".opus", kind=FileKind.PACKETS, refetchable=True)
    clock.pass_by(minutes=59)
    assert (await shelf.make_room(0)).over_bytes == len(SONG)
    assert await shelf.media.exists(key)
    clock.pass_by(minutes=2)
    assert (await shelf.make_room(0)).files == 1


async def test_a_deleted_songs_files_go_unless_another_song_has_them(shelf: Shelf) -> None:
    own, shared = [await shelf.keep_file(data, ".mp3", kind=FileKind.AUDIO) for data in (b"own", b"shared")]
    cover = await shelf.keep_cover(picture(700))
    async with shelf.store.begin() as tx:
        sizes = (await tx.files.cover_sizes(cover)).values()
        wish = await tx.generations.add(a_generation())
        await tx.songs.add(a_song(wish, 0, state=SongState.READY, audio_key=shared))
    assert await shelf.let_go([own, shared, cover]) == 1 + len(set(sizes))
    assert await shelf.media.exists(shared)
    for key in (own, cover, *sizes):
        assert not await shelf.media.exists(key)
        assert (await row_of(shelf, key)).state is FileState.GONE
    assert await shelf.let_go([]) == 0


def picture(side_px: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (side_px, side_px), "red").save(out, "PNG")
    return out.getvalue()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=20), st.integers(-10, 400))
def test_no_more_goes_than_is_needed_and_the_longest_idle_first(files: list[tuple[int, int]], over: int) -> None:
    idle = [Idle(f"{number:02}", size, used) for number, (size, used) in enumerate(files)]
    gone = least_used(idle, over)
    freed = sum(file.size_bytes for file in gone)
    assert freed >= over or freed == sum(file.size_bytes for file in idle)
    assert not gone or freed - gone[-1].size_bytes < over
    left = [file for file in idle if file not in gone and file.size_bytes]
    assert all(went.used_at_s <= stays.used_at_s for went in gone for stays in left)
