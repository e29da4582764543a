"""Fresh databases of every kind that the store knows, so that each test of the contract runs over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import anyio
import asyncpg
import pytest

from conductr_store import Store
from conductr_store.testing import put_people

SERVICE = pytest.mark.service


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


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """A database whose schema is the newest; copying it is quicker than migrating anew."""

    async def migrate() -> None:
        async with Store.open(beside(postgres_url, name)):
            pass

    name = f"template_{uuid4().hex[:12]}"
    anyio.run(order, postgres_url, f"CREATE DATABASE {name}")
    anyio.run(migrate)
    yield name
    anyio.run(order, postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    name = f"empty_{uuid4().hex[:12]}"
    anyio.run(order, postgres_url, f"CREATE DATABASE {name}")
    yield beside(postgres_url, name)
    anyio.run(order, postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    name = f"copy_{uuid4().hex[:12]}"
    anyio.run(order, postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield beside(postgres_url, name)
    anyio.run(order, postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/conductr.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=SERVICE)])
def url(request: pytest.FixtureRequest) -> str:
    """A database that outlives a store."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["sqlite", pytest.param("empty_postgres", marks=SERVICE)])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without a schema."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=SERVICE)])
def any_url(request: pytest.FixtureRequest) -> str:
    return "sqlite://" if request.param == "memory" else request.getfixturevalue(request.param)


@pytest.fixture
async def store(any_url: str) -> AsyncIterator[Store]:
    """A store in which A_USER and A_GUILD are known."""
    async with Store.open(any_url) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened
