"""From a database's address to an engine that is set for durability: SQLite in a file or memory, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from .columns import strict_json
from .errors import StoreUnavailable

POSTGRES_CONNECTIONS = 8
POSTGRES_CONNECT_S = 10.0
SQLITE_CACHE_KB = 64 * 1024  # at most, and only where a library has as much: its own 2 MB cost a search reads
STUCK_AFTER_S = 15  # a transaction in which nothing is said for so long is undone: who stands still may hold its locks
STALE_AFTER_S = 1800  # a connection older than that is made anew: routers forget idle ones
# First versions without the WAL-reset bug, which can lose commits (sqlite.org/wal.html; reliability plan 0.5).
WAL_FIXED = (3, 51, 3)
WAL_BACKPORTS = ((3, 50, 7), (3, 44, 6))


def address(url: str) -> URL:
    """`url` with the async driver that we use. Raises StoreUnavailable, without repeating what may hold a password."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unknown_address() from error
    match parsed.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres" | "postgresql+asyncpg":
            return _with_ssl(parsed.set(drivername="postgresql+asyncpg"))
        case _:
            raise _unknown_address()


def place_of(url: URL) -> str:
    """Where the database is, in words, without user, password or options."""
    if url.get_backend_name() == "sqlite":
        return f"SQLite in {url.database or 'memory'}" if in_file(url) else "SQLite in memory"
    host = url.host or "a local socket"
    return f"PostgreSQL at {host}{f':{url.port}' if url.port else ''}, database {url.database or 'of the user'}"


def in_file(url: URL) -> bool:
    return bool(url.database) and url.database != ":memory:"


def make_engine(url: URL, *, busy_timeout_s: float) -> AsyncEngine:
    """An engine; nothing is connected yet. `busy_timeout_s` is how long anything waits before it is StoreBusy."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, busy_timeout_s)
    patience = {
        "lock_timeout": str(round(busy_timeout_s * 1000)),
        "idle_in_transaction_session_timeout": str(STUCK_AFTER_S * 1000),
    }
    return create_async_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=busy_timeout_s,
        pool_pre_ping=True,
        pool_recycle=STALE_AFTER_S,
        hide_parameters=True,
        json_serializer=strict_json,
        connect_args={"timeout": POSTGRES_CONNECT_S, "server_settings": patience},
    )


def make_room(url: URL, place: str) -> None:
    """The folder and the file of a SQLite database, readable by their owner only. Raises StoreUnavailable."""
    if url.get_backend_name() != "sqlite" or not in_file(url):
        return
    file = Path(url.database or "")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        hint = "Make the folder writable for this user, or name a file in another folder."
        raise StoreUnavailable(place, error.strerror or "the file cannot be made", hint) from error


def journal_mode_for(version: tuple[int, int, int]) -> str:
    """WAL where the linked SQLite is free of the WAL-reset bug, else the rollback journal."""
    backport = any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_BACKPORTS)
    return "wal" if version >= WAL_FIXED or backport else "delete"


def _sqlite_engine(url: URL, busy_timeout_s: float) -> AsyncEngine:
    """One connection: a process's writers wait in line for it, rather than poll the file's lock against each other."""
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=busy_timeout_s,
        hide_parameters=True,
        json_serializer=strict_json,
        connect_args={"timeout": busy_timeout_s, "isolation_level": None},  # the driver begins nothing by itself
    )
    pragmas = (
        f"PRAGMA busy_timeout = {round(busy_timeout_s * 1000)}",
        f"PRAGMA journal_mode = {journal_mode_for(sqlite3.sqlite_version_info)}",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        f"PRAGMA cache_size = -{SQLITE_CACHE_KB}",
    )

    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()  # SQLAlchemy's stand-in for it, which speaks to the driver's thread
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # a later upgrade from reading to writing fails at once

    event.listen(engine.sync_engine, "connect", set_up)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def _with_ssl(url: URL) -> URL:
    """Hosts hand out libpq's `sslmode`; asyncpg calls it `ssl`."""
    mode = url.query.get("sslmode")
    return url if mode is None else url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def _unknown_address() -> StoreUnavailable:
    hint = "Write sqlite:///folder/file.db, or postgresql://user:password@host/name."
    return StoreUnavailable("the database", "its address is not one that the store knows", hint)
