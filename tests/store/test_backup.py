"""A backup is whole, checked and its owner's alone; or there is none, and the sentence says why."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import anyio
import pytest

from conductr_store import BackupRefused, NotFound, Store, StoreDamaged, back_up, check_up
from conductr_store.backup import STEP_PAGES
from conductr_store.testing import A_USER, a_generation, put_people

pytestmark = pytest.mark.anyio

CRAMPED = Path(__file__).parent / "children" / "cramped_backup.py"
PAGE_BYTES = 4096


@pytest.fixture
def filled(sqlite: str) -> str:
    async def fill() -> None:
        async with Store.open(sqlite) as store, store.begin() as tx:
            await put_people(tx)
            await tx.generations.add(a_generation(id="kept"))

    anyio.run(fill)
    return sqlite


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "copy.db"


@pytest.fixture(autouse=True)
def folder(target: Path) -> Path:
    target.parent.mkdir()
    return target.parent


@pytest.fixture
def writer(filled: str, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the store's file."""
    assert filled
    with closing(sqlite3.connect(tmp_path / "conductr.db", isolation_level=None, check_same_thread=False)) as other:
        yield other


async def test_a_backup_can_be_opened_and_holds_every_row(filled: str, target: Path) -> None:
    made = await back_up(filled, target)
    assert (made.path, made.size_bytes) == (target, target.stat().st_size)
    assert target.stat().st_mode & 0o077 == 0
    async with Store.open(f"sqlite:///{target}") as store, store.begin() as tx:
        assert (await tx.generations.get("kept")).id == "kept"
        assert await tx.users.names([A_USER.id]) == {A_USER.id: A_USER.name}


async def test_a_folder_gets_a_file_named_by_the_time_and_nothing_else(filled: str, folder: Path) -> None:
    made = await back_up(filled, folder)
    assert made.path.name.startswith("conductr-20")
    assert [path.name for path in folder.iterdir()] == [made.path.name]


async def test_what_is_open_in_a_transaction_is_not_in_the_copy(filled: str, target: Path) -> None:
    async with Store.open(filled) as store:
        async with store.begin() as tx:
            await tx.generations.add(a_generation(id="open"))
            await back_up(filled, target)
        async with Store.open(f"sqlite:///{target}") as copy, copy.begin() as tx:
            with pytest.raises(NotFound):
                await tx.generations.get("open")


async def test_nothing_is_overwritten(filled: str, target: Path) -> None:
    target.write_text("my thesis")
    with pytest.raises(BackupRefused, match="is there already"):
        await back_up(filled, target)
    assert target.read_text() == "my thesis"


async def test_postgres_is_told_of_its_own_programs_and_no_password(target: Path) -> None:
    with pytest.raises(BackupRefused, match="pg_dump --format=custom") as caught:
        await back_up("postgresql://ada:sekret@host/conductr", target)
    assert "sekret" not in f"{caught.value!r}"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:////no/such/file.db"])
async def test_what_is_in_no_file_cannot_be_copied(url: str, target: Path) -> None:
    with pytest.raises(BackupRefused, match="there is no file"):
        await back_up(url, target)


async def test_a_target_that_cannot_be_written_is_named(filled: str, folder: Path) -> None:
    with pytest.raises(BackupRefused, match="No such file or directory"):
        await back_up(filled, folder / "nowhere" / "copy.db")


async def test_a_damaged_database_gives_no_backup(filled: str, tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "conductr.db"
    pages = bytearray(file.read_bytes())
    for page in range(5, len(pages) // PAGE_BYTES, 3):
        pages[page * PAGE_BYTES : page * PAGE_BYTES + 200] = random.Random(page).randbytes(200)
    file.write_bytes(pages)
    with pytest.raises(BackupRefused):
        await back_up(filled, folder / "copy.db")
    assert list(folder.iterdir()) == []


def test_a_full_disk_gives_no_backup_and_leaves_nothing(filled: str, folder: Path) -> None:
    argv = [sys.executable, str(CRAMPED), filled, str(folder / "copy.db")]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "could not be copied" in ran.stdout
    assert list(folder.iterdir()) == []


async def test_a_database_that_is_written_all_the_time_is_copied_in_one_go(
    filled: str, target: Path, writer: sqlite3.Connection
) -> None:
    """Two steps' worth of pages, and another program that commits between any two."""
    writer.execute("CREATE TABLE ballast (number INTEGER, weight BLOB)")
    writer.execute("BEGIN")
    for number in range(STEP_PAGES // 256 * 2 + 8):
        writer.execute("INSERT INTO ballast VALUES (?, zeroblob(?))", (number, 256 * PAGE_BYTES))
    writer.execute("COMMIT")
    stop = Event()

    def write() -> None:
        number = 10_000
        writer.execute("PRAGMA busy_timeout = 20000")
        writer.execute("PRAGMA synchronous = OFF")
        while not stop.is_set():
            number += 1
            writer.execute("INSERT INTO ballast VALUES (?, NULL)", (number,))

    thread = Thread(target=write)
    thread.start()
    try:
        with anyio.fail_after(60):
            await back_up(filled, target)
    finally:
        stop.set()
        thread.join()
    with closing(sqlite3.connect(target)) as copy:
        numbers = [row[0] for row in copy.execute("SELECT number FROM ballast WHERE number > 10000 ORDER BY number")]
    assert numbers == list(range(10_001, 10_001 + len(numbers)))


async def test_a_healthy_database_is_said_to_be_so(url: str) -> None:
    async with Store.open(url) as store, store.begin() as tx:
        await put_people(tx)
    found = await check_up(url)
    assert found.healthy
    assert found.up_to_date
    assert found.engine.startswith(("SQLite 3.", "PostgreSQL 1"))


async def test_a_database_that_nobody_has_opened_is_left_so(empty_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        found = await check_up(empty_url)
        assert found.healthy
        assert (found.revision, found.up_to_date) == (None, False)
    assert not (tmp_path / "conductr.db").exists()


async def test_a_row_whose_owner_is_gone_is_found(filled: str, writer: sqlite3.Connection) -> None:
    writer.execute("PRAGMA foreign_keys = OFF")
    writer.execute("DELETE FROM users")
    found = await check_up(filled)
    assert not found.healthy
    assert "a row of generations belongs to one that is not there" in found.troubles


async def test_an_index_that_lost_a_row_is_found_and_gives_no_backup(
    filled: str, writer: sqlite3.Connection, folder: Path
) -> None:
    """Every page of it can be read: only the check tells."""
    writer.execute("CREATE INDEX ix_lost ON users (name) WHERE id < 0")
    writer.execute("PRAGMA writable_schema = ON")
    writer.execute("UPDATE sqlite_master SET sql = 'CREATE INDEX ix_lost ON users (name)' WHERE name = 'ix_lost'")
    writer.close()
    assert any("ix_lost" in trouble for trouble in (await check_up(filled)).troubles)
    with pytest.raises(BackupRefused, match=r"the copy is not whole .*ix_lost"):
        await back_up(filled, folder / "copy.db")
    assert list(folder.iterdir()) == []


async def test_a_file_that_is_no_database_is_damaged(sqlite: str, tmp_path: Path) -> None:
    (tmp_path / "conductr.db").write_bytes(b"these are my holiday photos" * 400)
    with pytest.raises(StoreDamaged):
        await check_up(sqlite)
