"""Fresh databases of every kind that the store knows, so that each test of the contract runs over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from support.databases import copied_sqlite, postgres_database

from conductr_store import Store
from conductr_store.tables import metadata
from conductr_store.testing import put_people

from .clock import Clock

SERVICE = pytest.mark.service


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    with postgres_database(postgres_url, "empty") as url:
        yield url


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/empty.db"


@pytest.fixture(params=["empty_sqlite", pytest.param("empty_postgres", marks=SERVICE)])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without a schema."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=SERVICE)])
def any_url(request: pytest.FixtureRequest) -> str:
    return "sqlite://" if request.param == "memory" else request.getfixturevalue(request.param)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store in which A_USER and A_GUILD are known."""
    async with Store.open(url) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=SERVICE)])
def shared_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[str]:
    """A database for the tests of one file: migrating one for each costs more than most of them do."""
    if request.param == "sqlite":
        yield copied_sqlite(sqlite_template, tmp_path_factory.mktemp("shared") / "conductr.db")
        return
    server, template = (request.getfixturevalue(name) for name in ("postgres_url", "postgres_template"))
    with postgres_database(server, "shared", template) as url:
        yield url


@pytest.fixture
async def shared(shared_url: str) -> AsyncIterator[Store]:
    """A store in which A_USER and A_GUILD are known, and nothing else."""
    async with Store.open(shared_url) as opened:
        async with opened._engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(table.delete())
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(shared: Store, shared_url: str, clock: Clock) -> AsyncIterator[Store]:
    """The shared database, to a store whose time goes on when a test says so."""
    async with Store.open(shared_url, now=clock) as opened:
        yield opened
