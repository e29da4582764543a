"""The schema's version: brought to the newest when a store opens, by one process at a time."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import anyio.to_thread
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .errors import SchemaTooNew, StoreBusy, StoreDamaged
from .translating import translated
from .unbroken import unbroken

MIGRATIONS = Path(__file__).parent / "migrations"
TURN_TIMEOUT_S = 60.0  # how long to wait while another migrates
ADVISORY_LOCK = 0x636F6E64  # "cond": PostgreSQL's lock that migrating processes take

_alembic = threading.Lock()  # Alembic's `context` and `op` are globals: one migration at a time in a process


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file; env.py uses `connection` where there is one."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


@cache
def _scripts() -> ScriptDirectory:
    """Read once: to run eleven migrations' modules at each opening costs more than the opening."""
    return ScriptDirectory.from_config(config())


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


def head() -> str:
    """The newest revision that this version knows."""
    return _scripts().get_current_head() or ""


def is_known(revision: str) -> bool:
    return revision in _known()


async def migrate(engine: AsyncEngine, place: str, to: str = "head") -> None:
    """Bring the database to revision `to`, in one transaction. Raises SchemaTooNew, StoreDamaged, StoreBusy."""
    try:
        await unbroken(_in_turn(engine, place, to))  # else the lock could be taken by a thread that nobody waits for
    except Exception as error:
        raise translated(error, place) from error


async def _in_turn(engine: AsyncEngine, place: str, to: str) -> None:
    async with _turn(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            await _on_sqlite(connection, place, to)
        else:
            await _on_postgres(connection, place, to)


async def _on_sqlite(connection: AsyncConnection, place: str, to: str) -> None:
    """Tables are rebuilt to be changed, so foreign keys rest meanwhile; BEGIN IMMEDIATE keeps other processes out."""
    await _pragma(connection, "foreign_keys = OFF")
    try:
        async with connection.begin():
            health = (await connection.exec_driver_sql("PRAGMA quick_check(1)")).scalar()
            if health != "ok":
                raise StoreDamaged(place)
            await connection.run_sync(_upgrade, place, to)
            if (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first() is not None:
                raise StoreDamaged(place)
    finally:
        await _pragma(connection, "foreign_keys = ON")


async def _on_postgres(connection: AsyncConnection, place: str, to: str) -> None:
    async with connection.begin():
        await connection.execute(text(f"SET LOCAL lock_timeout = {round(TURN_TIMEOUT_S * 1000)}"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        await connection.run_sync(_upgrade, place, to)


def _upgrade(connection: Connection, place: str, to: str) -> None:
    settings, known = config(connection), _scripts()
    at = MigrationContext.configure(connection).get_current_revision()
    if at is not None and not is_known(at):
        raise SchemaTooNew(place, at)
    if to == "head" and at == known.get_current_head():
        return
    if to == "head" or to in _after(known, at):
        command.upgrade(settings, to)
    else:
        command.downgrade(settings, to)


def _after(known: ScriptDirectory, at: str | None) -> set[str]:
    """The revisions that come after `at`."""
    return {script.revision for script in known.iterate_revisions("head", at or "base")} - {at}


async def _pragma(connection: AsyncConnection, pragma: str) -> None:
    """Outside of a transaction, where alone some pragmas work."""
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    await driver.execute(f"PRAGMA {pragma}")


@asynccontextmanager
async def _turn() -> AsyncGenerator[None]:
    """Waits in a thread, since the one before us may be in another loop."""
    if not await anyio.to_thread.run_sync(_alembic.acquire, True, TURN_TIMEOUT_S):
        raise StoreBusy
    try:
        yield
    finally:
        _alembic.release()
