"""Fresh databases for proofs, of both engines: with a schema, or without one for what is killed while it makes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest
from support.databases import Databases, postgres_database
from support.quick_suno import Prepared, prepare

SONG_S = 1.5
MEMORY = Path("/dev/shm")
ROOM_BYTES = 256_000_000


@pytest.fixture
def ram(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one: processes are killed, never the machine, so nothing waits for a disk."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        yield tmp_path
        return
    with TemporaryDirectory(prefix="conductr-proof-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def bare_postgres(postgres_url: str) -> Iterator[str]:
    """A database without a schema."""
    with postgres_database(postgres_url, "proof") as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def databases(request: pytest.FixtureRequest, sqlite_template: Path) -> Iterator[Databases]:
    """As many as a test wants."""
    if request.param == "sqlite":
        yield Databases("sqlite", sqlite_template)
        return
    server, template = (request.getfixturevalue(name) for name in ("postgres_url", "postgres_template"))
    many = Databases("postgresql", template, server)
    yield many
    anyio.run(many.drop)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The songs of every sandbox here."""
    return prepare(tmp_path_factory.mktemp("prepared"), SONG_S)
