"""SQLite: set for durability, busy rather than broken, and damage found before it spreads."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import anyio
import pytest
from sqlalchemy import text

from conductr_store import NotFound, Store, StoreBusy, StoreDamaged, StoreUnavailable
from conductr_store.engine import journal_mode_for
from conductr_store.testing import A_USER, a_generation, put_people

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conductr.db"


@pytest.fixture
def other(sqlite: str, file: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the store's file."""

    async def make() -> None:
        async with Store.open(sqlite) as store, store.begin() as tx:
            await put_people(tx)

    anyio.run(make)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "delete"),
        ((3, 44, 5), "delete"),
        ((3, 44, 6), "wal"),
        ((3, 45, 0), "delete"),
        ((3, 50, 6), "delete"),
        ((3, 50, 7), "wal"),
        ((3, 51, 0), "delete"),
        ((3, 51, 2), "delete"),
        ((3, 51, 3), "wal"),
        ((3, 52, 0), "wal"),
        ((4, 0, 0), "wal"),
    ],
)
def test_the_write_ahead_log_is_used_only_where_its_bug_is_fixed(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode_for(version) == mode


async def test_every_connection_is_set_for_durability(sqlite: str) -> None:
    async with Store.open(sqlite) as store, store._engine.connect() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("foreign_keys", "synchronous", "busy_timeout", "journal_mode")
        }
    mode = journal_mode_for(sqlite3.sqlite_version_info)
    assert found == {"foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000, "journal_mode": mode}


async def test_the_file_is_made_with_its_folder_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "conductr.db"
    async with Store.open(f"sqlite+aiosqlite:///{file}") as store:
        assert repr(store) == f"<Store: SQLite in {file}>"
    assert file.stat().st_mode & 0o077 == 0


async def test_a_locked_database_is_busy_and_nothing_was_changed(sqlite: str, other: sqlite3.Connection) -> None:
    async with Store.open(sqlite, busy_timeout_s=0.2) as store:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(StoreBusy, match="try again") as caught:
            async with store.begin():
                pytest.fail("it began")
        assert 0.15 <= time.monotonic() - started < 3.0
        assert "locked" not in str(caught.value)
        with pytest.raises(StoreBusy):
            async with Store.open(sqlite, busy_timeout_s=0.1):
                pytest.fail("it opened")
        other.execute("COMMIT")
        async with store.begin() as tx:
            assert await tx.users.get(A_USER.id) == A_USER


@pytest.mark.skipif(journal_mode_for(sqlite3.sqlite_version_info) == "wal", reason="in WAL a reader stops no writer")
async def test_a_reader_that_stops_the_commit_makes_it_busy(sqlite: str, other: sqlite3.Connection) -> None:
    async with Store.open(sqlite, busy_timeout_s=0.2) as store:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM users").fetchone()
        with pytest.raises(StoreBusy):
            async with store.begin() as tx:
                await tx.generations.add(a_generation(id="stopped"))
        other.execute("COMMIT")
        async with store.begin() as tx:
            with pytest.raises(NotFound):
                await tx.generations.get("stopped")


async def test_a_lock_that_is_let_go_in_time_is_waited_for(sqlite: str, other: sqlite3.Connection) -> None:
    async with Store.open(sqlite) as store, anyio.create_task_group() as group:
        other.execute("BEGIN IMMEDIATE")

        async def write() -> None:
            async with store.begin() as tx:
                await tx.generations.add(a_generation(id="patient"))

        group.start_soon(write)
        await anyio.sleep(0.2)  # the lock is held for a while: there is nothing to wait for in it
        other.execute("COMMIT")
    assert other.execute("SELECT count(*) FROM generations").fetchone() == (1,)


async def test_a_transaction_inside_another_of_the_same_task_is_busy_not_stuck(sqlite: str) -> None:
    async with Store.open(sqlite, busy_timeout_s=0.1) as store, store.begin():
        with pytest.raises(StoreBusy):
            async with store.begin():
                pytest.fail("it began")


async def test_fifty_writers_at_once_all_have_their_turn(sqlite: str) -> None:
    async with Store.open(sqlite) as store:
        async with store.begin() as tx:
            await put_people(tx)

        async def write() -> None:
            async with store.begin() as tx:
                await tx.generations.add(a_generation())

        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(write)
        async with store.begin() as tx:
            assert len(await tx.generations.of_guild(11, 100)) == 50


async def test_a_cancelled_task_leaves_no_lock_and_no_half_change(sqlite: str, other: sqlite3.Connection) -> None:
    async with Store.open(sqlite, busy_timeout_s=1.0) as store:
        for steps in range(40):
            async with anyio.create_task_group() as group:

                async def write(steps: int = steps) -> None:
                    async with store.begin() as tx:
                        row = await tx.generations.add(a_generation(id=f"half-{steps}"))
                        await tx.generations.update(row.id, prompt="changed")
                        await anyio.sleep_forever()

                group.start_soon(write)
                await anyio.sleep(steps * 0.0004)  # cancelled at another await each time
                group.cancel_scope.cancel()
            async with store.begin() as tx:
                with pytest.raises(NotFound):
                    await tx.generations.get(f"half-{steps}")
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")


@pytest.mark.parametrize("folder", ["/proc/conductr", "{file}/folder"])
async def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(folder: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    place = folder.format(file=tmp_path / "file")
    with pytest.raises(StoreUnavailable, match="folder writable") as caught:
        async with Store.open(f"sqlite:///{place}/conductr.db"):
            pytest.fail("it opened")
    assert place in str(caught.value)


async def test_a_file_that_is_no_database_is_refused_and_left_alone(sqlite: str, file: Path) -> None:
    file.write_bytes(b"these are my holiday photos" * 400)
    with pytest.raises(StoreDamaged, match="newest backup"):
        async with Store.open(sqlite):
            pytest.fail("it opened")
    assert file.read_bytes().startswith(b"these are my holiday photos")


async def test_a_damaged_page_is_found_when_the_store_opens(sqlite: str, other: sqlite3.Connection, file: Path) -> None:
    other.close()
    pages = bytearray(file.read_bytes())
    pages[4096 + 100 : 8192] = random.Random(1).randbytes(4096 - 100)
    file.write_bytes(pages)
    with pytest.raises(StoreDamaged):
        async with Store.open(sqlite):
            pytest.fail("it opened")


@pytest.mark.parametrize("url", ["mysql://a:sekret@b/c", "no address, sekret", "postgresql+psycopg://a:sekret@b/c"])
def test_an_unknown_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="Write sqlite:///") as caught:
        Store(url)
    assert "sekret" not in f"{caught.value} {caught.value!r}"
