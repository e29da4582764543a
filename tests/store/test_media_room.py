"""Media: listed, deleted, and a cache that stays within its bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conductr_store import Media, MediaMissing, NotAMediaKey
from conductr_store.keys import is_key

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(params=["folder", "memory"])
def media(request: pytest.FixtureRequest, folder: Path, cache: Path) -> Media:
    return Media(str(folder) if request.param == "folder" else "memory://", cache=cache)


async def test_a_listing_shows_every_file_of_a_folder_once_and_nothing_half_written(media: Media, folder: Path) -> None:
    keys = {await media.put_bytes(bytes([number]), ".mp3") for number in range(20)}
    if folder.exists():
        (folder / ".part" / "half").write_bytes(b"half")
        (folder / min(keys)[:2] / "note.txt").write_text("mine")
    found = [file for number in range(256) for file in await media.listing(f"{number:02x}")]
    assert sorted(file.key for file in found) == sorted(keys)
    assert all(is_key(file.key) and file.size_bytes == 1 and file.modified_at.tzinfo for file in found)


async def test_what_was_deleted_is_missing_and_may_be_put_again(media: Media) -> None:
    key = await media.put_bytes(b"song", ".mp3")
    await media.local_path(key)
    for _ in range(2):
        await media.delete(key)
    assert not await media.exists(key)
    with pytest.raises(MediaMissing):
        await media.local_path(key)
    await media.put_bytes(b"song", ".mp3")
    assert (await media.local_path(key)).read_bytes() == b"song"


async def test_nothing_but_a_key_is_deleted(media: Media) -> None:
    with pytest.raises(NotAMediaKey):
        await media.delete("../../etc/passwd")


async def test_who_reads_a_deleted_file_reads_on(folder: Path) -> None:
    media = Media(str(folder))
    key = await media.put_bytes(b"song", ".mp3")
    with (await media.local_path(key)).open("rb") as file:
        await media.delete(key)
        assert file.read() == b"song"


async def test_a_cache_that_is_too_large_loses_what_was_read_least_recently(cache: Path) -> None:
    media = Media("memory://", cache=cache)
    keys = [await media.put_bytes(bytes([number]) * 100, ".opus") for number in range(4)]
    for hour, key in enumerate(keys):
        path = await media.local_path(key)
        os.utime(path, (hour * 3600, path.stat().st_mtime))
    await media.local_path(keys[0])  # read just now
    mine = cache / "renditions" / "of" / "another"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(bytes(1_000))
    os.utime(mine, (0, 0))
    assert await media.trim(250) == 200
    assert [key for key in keys if (cache / key).exists()] == [keys[0], keys[3]]
    assert mine.exists()
    assert (await media.local_path(keys[1])).read_bytes() == b"\1" * 100
    assert await media.trim(1_000_000) == 0
    assert await media.trim(0) == 300


async def test_a_reading_is_noted_without_the_file_being_hashed_again(cache: Path) -> None:
    media = Media("memory://", cache=cache)
    key = await media.put_bytes(b"song", ".mp3")
    await media.local_path(key)
    path = await media.local_path(key)
    os.utime(path, ns=(0, path.stat().st_mtime_ns))
    before = dict(media._seen_whole)
    assert await media.local_path(key) == path
    assert path.stat().st_atime > 0
    assert media._seen_whole == before


async def test_media_in_a_folder_have_no_cache_to_trim(folder: Path, cache: Path) -> None:
    media = Media(str(folder), cache=cache)
    key = await media.put_bytes(b"song", ".mp3")
    assert await media.trim(0) == 0
    assert await media.exists(key)
