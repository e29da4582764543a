"""store.run: the whole transaction again where the database was too busy, and only there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from conductr_store import CommitUnsure, Guild, NotFound, Store, StoreBusy, UnitOfWork
from conductr_store.retries import LONGEST_DELAY_S, PATIENCE_S, again, delay_before_s
from conductr_store.testing import A_USER, a_generation

pytestmark = pytest.mark.anyio


async def test_a_run_gives_what_its_work_gives_and_keeps_it(store: Store) -> None:
    async def work(tx: UnitOfWork) -> str:
        return (await tx.generations.add(a_generation(id="kept"))).id

    assert await store.run(work) == "kept"
    async with store.begin() as tx:
        assert (await tx.generations.get("kept")).id == "kept"


async def test_a_busy_database_is_asked_again_from_the_start(store: Store) -> None:
    tries: list[str] = []

    async def work(tx: UnitOfWork) -> None:
        tries.append("try")
        await tx.generations.add(a_generation(id=f"try-{len(tries)}"))
        if len(tries) < 3:
            raise StoreBusy

    await store.run(work)
    async with store.begin() as tx:
        assert (await tx.generations.get("try-3")).id == "try-3"
        for undone in ("try-1", "try-2"):
            with pytest.raises(NotFound):
                await tx.generations.get(undone)


@pytest.mark.parametrize("error", [CommitUnsure("here"), NotFound("song", 1), KeyError("ours")])
async def test_nothing_else_is_done_twice(store: Store, error: Exception) -> None:
    tries: list[int] = []

    async def work(_tx: UnitOfWork) -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        await store.run(work)
    assert tries == [1]


async def test_a_database_that_stays_busy_is_said_so_after_so_many_tries(store: Store) -> None:
    tries: list[int] = []

    async def work(_tx: UnitOfWork) -> None:
        tries.append(1)
        raise StoreBusy

    with pytest.raises(StoreBusy):
        await store.run(work, attempts=3)
    assert len(tries) == 3


async def test_a_file_that_another_program_locks_is_written_once_it_lets_go(sqlite: str, tmp_path: Path) -> None:
    async with Store.open(sqlite, busy_timeout_s=0.01) as store:
        with closing(sqlite3.connect(tmp_path / "conductr.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with anyio.create_task_group() as group:
                group.start_soon(store.run, lambda tx: tx.users.put(A_USER))
                await anyio.wait_all_tasks_blocked()
                other.execute("COMMIT")
        async with store.begin() as tx:
            assert await tx.users.get(A_USER.id) == A_USER


@pytest.mark.service
async def test_two_that_lock_each_other_out_both_get_there(postgres: str) -> None:
    async with Store.open(postgres) as store:
        for number in (1, 2):
            await store.run(lambda tx, number=number: tx.guilds.put(Guild(number, "before")))
        met = [anyio.Event(), anyio.Event()]
        tries: list[int] = []

        async def cross(number: int) -> None:
            async def work(tx: UnitOfWork) -> None:
                tries.append(number)
                await tx.guilds.put(Guild(1 + number, f"by {number}"))
                met[number].set()
                await met[1 - number].wait()
                await tx.guilds.put(Guild(2 - number, f"by {number}"))

            await store.run(work)

        async with anyio.create_task_group() as group:
            group.start_soon(cross, 0)
            group.start_soon(cross, 1)
        async with store.begin() as tx:
            assert len({(await tx.guilds.get(number)).name for number in (1, 2)}) == 1
        assert len(tries) == 3


@pytest.mark.service
async def test_a_serialization_failure_is_begun_again(postgres: str) -> None:
    async with Store.open(postgres) as store:
        await store.run(lambda tx: tx.guilds.put(Guild(1, "0")))
        met = [anyio.Event(), anyio.Event()]

        async def count(number: int) -> None:
            async def work(tx: UnitOfWork) -> None:
                await tx.guilds._link.run(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
                seen = (await tx.guilds.get(1)).name
                met[number].set()
                await met[1 - number].wait()
                await tx.guilds.put(Guild(1, str(int(seen) + 1)))

            await store.run(work)

        async with anyio.create_task_group() as group:
            group.start_soon(count, 0)
            group.start_soon(count, 1)
        async with store.begin() as tx:
            assert (await tx.guilds.get(1)).name == "2"


@given(st.integers(2, 50), st.integers())
def test_a_delay_is_never_nothing_and_never_long(attempt: int, seed: int) -> None:
    assert 0 < delay_before_s(attempt, Random(seed)) <= LONGEST_DELAY_S


def test_patience_ends_with_the_tries_or_with_the_time() -> None:
    assert again(1, 5, 0.0)
    assert not again(5, 5, 0.0)
    assert not again(1, 5, PATIENCE_S)
