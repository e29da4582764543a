"""Whole renditions are kept, within bounds; of all others nothing is left."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from conductr_player import IndexedPackets
from conductr_player.core.sound import Sound
from conductr_player.render import Rendition, Renditions
from conductr_player.render.renderer import Renderer

from .listening import song
from .made import all_of, expected, file_of, reaches, until, whole

pytestmark = pytest.mark.anyio

HALF = Sound(volume_percent=50)


@pytest.fixture
def finished(tmp_path: Path) -> IndexedPackets:
    return file_of(tmp_path, "song", song())


def files_open() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_whole_one_is_kept_although_nobody_holds_it(finished: IndexedPackets) -> None:
    async with Renditions() as renditions:
        await whole(await renditions.of(finished, HALF))
        gc.collect()
        assert (await renditions.of(finished, HALF, 200)).complete


async def test_kept_ones_are_bounded_and_the_oldest_goes(finished: IndexedPackets) -> None:
    size = sum(map(len, expected(HALF)))
    async with Renditions(memory_bytes=round(size * 2.5)) as renditions:
        for percent in (50, 51, 50, 52):
            await whole(await renditions.of(finished, Sound(volume_percent=percent)))
        gc.collect()
        assert (await renditions.of(finished, Sound(volume_percent=50))).complete
        assert (await renditions.of(finished, Sound(volume_percent=52))).complete
        assert not (await renditions.of(finished, Sound(volume_percent=51))).complete


async def test_one_larger_than_all_room_is_not_kept(finished: IndexedPackets) -> None:
    async with Renditions(memory_bytes=1_000) as renditions:
        await whole(await renditions.of(finished, HALF))
        gc.collect()
        assert not (await renditions.of(finished, HALF)).complete


async def test_one_that_was_begun_in_the_middle_is_not_kept(finished: IndexedPackets) -> None:
    async with Renditions() as renditions:
        await whole(await renditions.of(finished, HALF, 100))
        gc.collect()
        assert not (await renditions.of(finished, HALF)).complete


async def test_in_a_folder_they_outlive_the_process(finished: IndexedPackets, tmp_path: Path) -> None:
    sound = Sound(speed=1.25)
    async with Renditions(folder=tmp_path / "kept") as renditions:
        made = await whole(await renditions.of(finished, sound))
        await until(lambda: isinstance(made._held, IndexedPackets))  # pyright: ignore[reportAttributeAccessIssue]
        packets = all_of(made)
    async with Renditions(folder=tmp_path / "kept") as renditions:
        again = await renditions.of(finished, sound, 50)
        assert all_of(again) == packets == expected(sound)
        assert (again.complete, again.speed) == (True, 1.25)
        assert await renditions.of(finished, sound) is again


async def test_a_folder_without_room_costs_nothing_but_the_keeping(finished: IndexedPackets, tmp_path: Path) -> None:
    async with Renditions(folder=tmp_path / "kept", folder_bytes=1_000) as renditions:
        made = await whole(await renditions.of(finished, HALF))
        assert all_of(made) == expected(HALF)
    assert not list((tmp_path / "kept").iterdir())


async def test_another_process_may_read_it_while_it_grows(finished: IndexedPackets) -> None:
    async with Renditions() as renditions:
        made = await renditions.of(finished, HALF, 100)
        await reaches(made, 100)
        assert isinstance(made, Rendition)
        book = made.held
        await whole(made)
        assert [book.packet(index) for index in range(len(book))] == all_of(made) == expected(HALF, 100)


async def test_nothing_is_left(finished: IndexedPackets, tmp_path: Path) -> None:
    async with Renditions(folder=tmp_path / "kept") as renditions:
        await whole(await renditions.of(finished, HALF))
    gc.collect()
    before = files_open()
    async with Renditions(folder=tmp_path / "kept", workers=2) as renditions:
        for percent in range(40, 60):
            await reaches(await renditions.of(finished, Sound(volume_percent=percent), percent), percent)
        gc.collect()
        await until(lambda: not renditions._threads.borrowed_tokens)
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, Renderer)]
    assert files_open() <= before
