"""Fresh databases for tests: copies of one that was migrated once, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import anyio
import asyncpg
from attrs import define, field

from conductr_store import Store
from conductr_store.tables import metadata


def beside(url: str, database: str) -> str:
    """The same PostgreSQL server's address, with another database."""
    server, _, options = url.partition("?")
    return f"{server.rpartition('/')[0]}/{database}" + (f"?{options}" if options else "")


async def order(url: str, statement: str) -> None:
    """Run one statement outside of any transaction."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def postgres_database(server_url: str, kind: str, template: str | None = None) -> Iterator[str]:
    """The address of a new database whose name begins with `kind`, gone at the end; empty, or a copy of `template`."""
    name = f"{kind}_{uuid4().hex[:12]}"
    anyio.run(order, server_url, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    yield beside(server_url, name)
    anyio.run(order, server_url, f"DROP DATABASE {name} WITH (FORCE)")


@define(eq=False)
class Databases:
    """Any number of fresh ones of one engine, copied from a `template`: a file, or the name of PostgreSQL's."""

    engine: str
    template: Path | str
    server_url: str = ""
    made: list[str] = field(factory=list)

    async def new(self, folder: Path) -> str:
        """The address of another; on SQLite its file is in `folder`."""
        if isinstance(self.template, Path):
            return copied_sqlite(self.template, folder / "conductr.db")
        name = f"fresh_{uuid4().hex[:12]}"
        await order(self.server_url, f"CREATE DATABASE {name} TEMPLATE {self.template}")
        self.made.append(name)
        return beside(self.server_url, name)

    async def drop(self) -> None:
        """All that were made on a server; files go with their folder."""
        while self.made:
            await order(self.server_url, f"DROP DATABASE {self.made.pop()} WITH (FORCE)")


def migrate(url: str) -> None:
    """Bring it to the newest schema."""

    async def run() -> None:
        async with Store.open(url):
            pass

    anyio.run(run)


def copied_sqlite(template: Path, file: Path) -> str:
    """The address of a copy, readable by its owner alone as the store wants it."""
    shutil.copyfile(template, file)
    file.chmod(0o600)
    return f"sqlite:///{file}"


def emptied_postgres(url: str) -> str:
    """Without a row and without anybody else in it: quicker than another copy."""

    async def empty() -> None:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await order(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        await order(url, "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)))

    anyio.run(empty)
    return url
