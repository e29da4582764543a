"""A full disk refuses what does not fit, keeps what was acknowledged, and is written again once there is room."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import anyio
import pytest
from sqlalchemy import text

from conductr_store import FileKind, FileState, Media, MediaUnavailable, NotFound, Shelf, Store, StoreUnavailable
from conductr_store.testing import a_generation, put_people

pytestmark = pytest.mark.anyio

CRAMPED = Path(__file__).parent / "children" / "cramped_store.py"
ROOM_BYTES = 200_000


def test_a_file_that_may_not_grow_keeps_what_was_acknowledged_and_goes_on_later(sqlite: str, tmp_path: Path) -> None:
    async def fill() -> None:
        async with Store.open(sqlite) as store, store.begin() as tx:
            await put_people(tx)

    anyio.run(fill)
    file = tmp_path / "conductr.db"
    argv = [sys.executable, str(CRAMPED), sqlite, str(file.stat().st_size + ROOM_BYTES)]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert f"SQLite in {file}: the disk " in ran.stdout
    assert "Free the disk" in ran.stdout
    assert ran.stdout.endswith("went on\n")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_a_database_that_is_full_says_so_and_holds_what_it_held(sqlite: str) -> None:
    async with Store.open(sqlite) as store:
        async with store.begin() as tx:
            await put_people(tx)
            await tx.generations.add(a_generation(id="kept"))
        async with store._engine.connect() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(StoreUnavailable, match=r"the disk is full\. Free the disk"):
            async with store.begin() as tx:
                await tx.generations.add(a_generation(id="too-much", prompt="x" * 100_000))
        async with store.begin() as tx:
            assert (await tx.generations.get("kept")).id == "kept"
            with pytest.raises(NotFound):
                await tx.generations.get("too-much")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 512 kB of its own, where this user may make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_on_a_small_disk_a_song_that_does_not_fit_is_not_ready_and_a_smaller_one_is(
    store: Store, small_disk: Path
) -> None:
    shelf = Shelf(store, Media(str(small_disk / "media")))
    large = bytes(1_000_000)
    with pytest.raises(MediaUnavailable, match="the disk is full"):
        await shelf.keep_file(large, ".mp3", kind=FileKind.AUDIO)
    key = await shelf.keep_file(b"small", ".mp3", kind=FileKind.AUDIO)
    async with store.begin() as tx:
        assert (await tx.files.get(key)).state is FileState.READY
        assert (await tx.files.get(await shelf.media.key_of(large, ".mp3"))).state is FileState.WRITING
    assert [path.name for path in (small_disk / "media" / ".part").iterdir()] == []
