"""Whether a database is whole: its pages and indexes, its references, and its schema's version. Nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import anyio.to_thread
from alembic.runtime.migration import MigrationContext
from attrs import frozen
from sqlalchemy import Connection, text

from .engine import address, in_file, journal_mode_for
from .errors import SchemaTooNew
from .schema import head, is_known
from .store import Store
from .translating import of_sqlite

SHOWN = 10  # of what is wrong; one page may be wrong in a thousand ways
OTHERS_WAIT_S = 5.0
NEVER_FINISHED = text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid LIMIT 10")
NEVER_PROVEN = text("SELECT conrelid::regclass::text FROM pg_constraint WHERE NOT convalidated LIMIT 10")


@frozen
class Checkup:
    """`revision` is None for a database in which nothing is yet; `newest` is what this version brings it to."""

    place: str
    engine: str
    revision: str | None
    newest: str
    troubles: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        return not self.troubles

    @property
    def up_to_date(self) -> bool:
        return self.revision == self.newest


async def check_up(url: str) -> Checkup:
    """Read the whole of a SQLite file (some seconds for each GB, in which others cannot commit), or ask PostgreSQL.

    Raises SchemaTooNew, StoreDamaged and other StoreUnavailable, and StoreBusy.
    """
    parsed = address(url)
    store = Store(url)
    try:
        if parsed.get_backend_name() != "sqlite":
            found = await store.look(lambda connection: _ask(connection, store.place))
        elif in_file(parsed):
            file = Path(parsed.database or "")
            found = await anyio.to_thread.run_sync(_read, file, store.place)
        else:
            found = _checkup(store.place, _sqlite(), None, ())
    finally:
        await store.close()
    if found.revision is not None and not is_known(found.revision):
        raise SchemaTooNew(store.place, found.revision)
    return found


def troubles_in(connection: sqlite3.Connection) -> tuple[str, ...]:
    """What SQLite's own checks say of a file."""
    said = (str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({SHOWN})"))
    orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(SHOWN)
    return (*(words for words in said if words != "ok"), *_orphans(str(row[0]) for row in orphans))


def revision_in(connection: sqlite3.Connection) -> str | None:
    """The schema's version that a SQLite file says it has."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    return None if row is None else str(row[0])


def _read(file: Path, place: str) -> Checkup:
    if not file.is_file() or not file.stat().st_size:
        return _checkup(place, _sqlite(), None, ())
    try:
        # Not read-only: a journal that a kill left behind is rolled back first, as by everybody who opens the file.
        uri = f"{file.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=OTHERS_WAIT_S)) as connection:
            return _checkup(place, _sqlite(), revision_in(connection), troubles_in(connection))
    except sqlite3.Error as error:
        raise of_sqlite(error.sqlite_errorcode, place) from error


def _ask(connection: Connection, place: str) -> Checkup:
    unfinished = [f"the index {name} was never finished" for name in connection.scalars(NEVER_FINISHED)]
    unproven = [f"a constraint of {name} was never proven" for name in connection.scalars(NEVER_PROVEN)]
    revision = MigrationContext.configure(connection).get_current_revision()
    version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    return _checkup(place, f"PostgreSQL {version}", revision, (*unfinished, *unproven))


def _checkup(place: str, engine: str, revision: str | None, troubles: tuple[str, ...]) -> Checkup:
    return Checkup(place, engine, revision, head(), troubles)


def _sqlite() -> str:
    return f"SQLite {sqlite3.sqlite_version}, journal {journal_mode_for(sqlite3.sqlite_version_info)}"


def _orphans(tables: Iterable[str]) -> list[str]:
    return [f"a row of {table} belongs to one that is not there" for table in sorted(set(tables))]
