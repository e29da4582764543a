"""The schema: tables.py and the migrations say the same, and whoever opens a store brings it to the newest."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from conductr_store import SchemaTooNew, Store
from conductr_store.schema import _upgrade, head, migrate
from conductr_store.tables import FTS5_TABLES, metadata
from conductr_store.testing import A_USER, put_people

pytestmark = pytest.mark.anyio

OPENER = Path(__file__).parent / "children" / "opener.py"


async def seen(store: Store, look: Callable[[Connection], Any]) -> Any:
    async with store._engine.connect() as connection:
        return await connection.run_sync(look)


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True, "include_name": ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name not in FTS5_TABLES


def shape(connection: Connection) -> dict[str, Any]:
    """Everything that has a name: tables, columns, keys, indexes, checks."""
    look = inspect(connection)
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(table)],
            look.get_pk_constraint(table),
            sorted(look.get_foreign_keys(table), key=str),
            sorted(str({**index, "dialect_options": conditions(index)}) for index in look.get_indexes(table)),
            sorted(look.get_unique_constraints(table), key=str),
            sorted(look.get_check_constraints(table), key=str),
        )
        for table in sorted(look.get_table_names())
    }


def conditions(index: Any) -> dict[str, str]:
    return {name: str(value) for name, value in index.get("dialect_options", {}).items()}


async def test_the_migrations_make_exactly_the_tables(empty_url: str) -> None:
    async with Store.open(empty_url) as store:
        assert await seen(store, differences) == []


async def test_the_names_and_conditions_are_those_of_the_tables(empty_url: str) -> None:
    async with Store.open(empty_url) as store:
        migrated = await seen(store, shape)
        await migrate(store._engine, store.place, to="base")
        async with store._engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        made = await seen(store, shape)
    for table in metadata.tables:
        assert made[table] == migrated[table], table


async def test_up_down_and_up_again_ends_where_it_began(empty_url: str) -> None:
    async with Store.open(empty_url) as store:
        first = await seen(store, shape)
        await migrate(store._engine, store.place, to="base")
        assert set(await seen(store, shape)) == {"alembic_version"}
        await migrate(store._engine, store.place)
        assert await seen(store, shape) == first


async def test_opening_again_changes_nothing_and_keeps_the_rows(url: str) -> None:
    async with Store.open(url) as store, store.begin() as tx:
        await put_people(tx)
    async with Store.open(url) as store, store.begin() as tx:
        assert await tx.users.get(A_USER.id) == A_USER


async def test_a_schema_of_a_newer_version_is_refused_and_left_alone(empty_url: str) -> None:
    async with Store.open(empty_url) as store, store._engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match=r"newer version \(schema 9999\)\. Update this program"):
        async with Store.open(empty_url):
            pytest.fail("it opened")
    store = Store(empty_url)
    async with store._engine.connect() as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar() == "9999"
    await store.close()


async def test_a_migration_that_breaks_off_never_was(empty_url: str) -> None:
    def break_off(connection: Connection) -> None:
        _upgrade(connection, "here", "head")
        assert "songs" in inspect(connection).get_table_names()
        raise RuntimeError("broken off")

    store = Store(empty_url)
    with pytest.raises(RuntimeError, match="broken off"):
        async with store._engine.begin() as connection:
            await connection.run_sync(break_off)
    assert await seen(store, shape) == {}
    await store.close()


async def test_four_processes_may_open_a_new_database_at_once(empty_url: str) -> None:
    def race() -> list[str]:
        argv = [sys.executable, str(OPENER), empty_url]
        children = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        assert all(child.stdout and child.stdout.readline() == "ready\n" for child in children)
        for child in children:
            assert child.stdin
            child.stdin.write("go\n")
            child.stdin.flush()
        return [child.communicate(timeout=60)[0] for child in children]

    assert await anyio.to_thread.run_sync(race) == ["opened\n"] * 4


async def test_four_loops_in_threads_may_open_databases_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    async def open_two(number: int) -> None:
        async def open_one(name: str) -> None:
            async with Store.open(f"sqlite:///{tmp_path}/{name}.db"):
                pass

        async with anyio.create_task_group() as group:
            group.start_soon(open_one, "shared")
            group.start_soon(open_one, f"own-{number}")

    def run(number: int) -> None:
        try:
            anyio.run(open_two, number)
        except BaseException as error:  # noqa: BLE001 - whatever a thread meets is the test's to judge
            failures.append(error)

    def race() -> None:
        threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    await anyio.to_thread.run_sync(race)
    assert failures == []


def test_the_newest_revision_is_known() -> None:
    assert head() == "0010"
