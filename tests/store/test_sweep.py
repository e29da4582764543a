"""The sweep: what nobody wants goes after an hour of grace, and what is missing is told."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shelves import Hours, a_shelf, put_song, row_of

from conductr_store import FileKind, FileState, Shelf, sweep
from conductr_store.records import MediaFile
from conductr_store.sweeping import Found, Verdict, judge

pytestmark = pytest.mark.anyio

LONG_AGO = timedelta(hours=2)
GRACE = timedelta(hours=1)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
async def shelf(any_url: str, tmp_path: Path, hours: Hours) -> AsyncIterator[Shelf]:
    async with a_shelf(any_url, tmp_path / "media", hours.now) as shelf:
        yield shelf


def age(tmp_path: Path, key: str) -> None:
    then = (datetime.now(UTC) - LONG_AGO).timestamp()
    os.utime(tmp_path / "media" / key, (then, then))


async def test_a_file_that_nobody_knows_goes_once_it_is_an_hour_old(shelf: Shelf, tmp_path: Path) -> None:
    old, new = [await shelf.media.put_bytes(data, ".mp3") for data in (b"old", b"new")]
    age(tmp_path, old)
    assert (await sweep(shelf)).deleted == 1
    assert not await shelf.media.exists(old)
    assert await shelf.media.exists(new)
    assert (await row_of(shelf, old)).state is FileState.GONE


async def test_a_file_that_only_a_song_names_is_adopted_with_its_size(shelf: Shelf, tmp_path: Path) -> None:
    audio, packets, cover = [
        await shelf.media.put_bytes(data, suffix)
        for data, suffix in ((b"audio", ".mp3"), (b"packets", ".opus"), (b"cover", ".jpg"))
    ]
    await put_song(shelf, audio_key=audio, opus_key=packets, cover_key=cover)
    for key in (audio, packets, cover):
        age(tmp_path, key)
    swept = await sweep(shelf)
    assert (swept.adopted, swept.deleted) == (3, 0)
    found = {key: await row_of(shelf, key) for key in (audio, packets, cover)}
    assert [row.kind for row in found.values()] == [FileKind.AUDIO, FileKind.PACKETS, FileKind.COVER]
    assert [row.size_bytes for row in found.values()] == [5, 7, 5]
    assert [row.refetchable for row in found.values()] == [False, True, False]
    assert (await sweep(shelf)).adopted == 0


async def test_a_file_that_should_be_there_is_told_once_and_ready_when_kept_again(shelf: Shelf) -> None:
    key = await shelf.keep_file(b"song", ".mp3", kind=FileKind.AUDIO)
    await shelf.media.delete(key)
    assert (await sweep(shelf)).missing == (key,)
    assert (await row_of(shelf, key)).state is FileState.MISSING
    assert (await sweep(shelf)).missing == ()
    await shelf.keep_file(b"song", ".mp3", kind=FileKind.AUDIO)
    assert (await row_of(shelf, key)).state is FileState.READY


async def test_a_file_of_another_size_is_told_and_left_for_somebody_to_look_at(shelf: Shelf, tmp_path: Path) -> None:
    key = await shelf.keep_file(b"song", ".mp3", kind=FileKind.AUDIO)
    (tmp_path / "media" / key).write_bytes(b"so")
    swept = await sweep(shelf)
    assert swept.wrong_size == (key,)
    assert await shelf.media.exists(key)


async def test_what_a_writer_that_died_left_goes_and_one_at_work_is_left_alone(
    shelf: Shelf, tmp_path: Path, hours: Hours
) -> None:
    dead, alive = [await shelf.media.put_bytes(data, ".mp3") for data in (b"dead", b"alive")]
    for key in (dead, alive):
        age(tmp_path, key)
        async with shelf.store.begin() as tx:
            hours.ago = LONG_AGO if key == dead else timedelta(0)
            await tx.files.expect(MediaFile(key=key, created_at=hours.now(), changed_at=hours.now()))
    assert (await sweep(shelf)).deleted == 1
    assert not await shelf.media.exists(dead)
    assert (await row_of(shelf, alive)).state is FileState.WRITING


async def test_an_eviction_that_was_cut_short_is_finished(shelf: Shelf, hours: Hours) -> None:
    hours.ago = LONG_AGO
    there, gone = [await shelf.keep_file(data, ".mp3", kind=FileKind.AUDIO) for data in (b"there", b"gone")]
    async with shelf.store.begin() as tx:
        for key in (there, gone):
            await tx.files.take_out(key, await tx.files.get(key))
    await shelf.media.delete(gone)
    assert (await sweep(shelf)).deleted == 0
    hours.ago = timedelta(0)
    assert (await sweep(shelf)).deleted == 1
    assert [(await row_of(shelf, key)).state for key in (there, gone)] == [FileState.GONE] * 2
    assert not await shelf.media.exists(there)


async def test_half_written_files_go_with_the_sweep(shelf: Shelf, tmp_path: Path) -> None:
    half = tmp_path / "media" / ".part" / "half"
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    assert (await sweep(shelf)).unfinished == 1
    assert not half.exists()


async def test_two_sweeps_and_a_writer_at_once_leave_the_written_file(shelf: Shelf, tmp_path: Path) -> None:
    """The stray is old enough to go; whoever wins, the row and the file agree at the end."""
    for number in range(3):
        stray = await shelf.media.put_bytes(bytes([number]), ".mp3")
        age(tmp_path, stray)

        async def keep(number: int = number) -> None:
            await shelf.keep_file(bytes([number]), ".mp3", kind=FileKind.AUDIO)

        async with anyio.create_task_group() as group:
            group.start_soon(sweep, shelf)
            group.start_soon(keep)
        assert (await row_of(shelf, stray)).state is FileState.READY
        assert await shelf.media.exists(stray)


MOMENTS = st.sampled_from([NOW - LONG_AGO, NOW])
FOUND = st.none() | st.builds(Found, st.just("key"), st.just(4), MOMENTS)
ROWS = st.none() | st.builds(
    lambda state, size, at, used: MediaFile(key="key", state=state, size_bytes=size, changed_at=at, used_at=used),
    st.sampled_from(list(FileState)),
    st.sampled_from([None, 4, 5]),
    MOMENTS,
    MOMENTS,
)


@given(FOUND, ROWS, st.booleans())
def test_nothing_that_is_wanted_ready_or_young_is_ever_deleted(
    found: Found | None, row: MediaFile | None, named: bool
) -> None:
    verdict = judge(found, row, named=named, now=NOW, grace=GRACE)
    if verdict is Verdict.DELETE:
        assert found is not None
        ready = row is not None and row.state is FileState.READY
        assert not ready or not named
        assert row is None or not ready or max(row.changed_at, row.used_at) < NOW - GRACE
        leaving = row is not None and row.state is FileState.LEAVING
        assert leaving or ready or (not named and found.modified_at < NOW - GRACE)
        assert row is None or row.state is FileState.GONE or row.changed_at < NOW - GRACE
    if verdict is Verdict.LOST:
        assert found is None
    if verdict in {Verdict.ADOPT, Verdict.WRONG_SIZE}:
        assert found is not None
