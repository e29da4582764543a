"""The saga on either engine; and a real Conductr on SQLite over a real sandbox, its stages ten times faster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from support.databases import emptied_postgres, postgres_database
from support.saga import World, a_world
from support.suno import Suno, running_suno, settings_for

from conductr import Caller, Conductr, Settings, open_conductr
from conductr_store import Store
from conductr_store.testing import put_people

GUILD = 42


@pytest.fixture(scope="session")
def reused_postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    with postgres_database(postgres_url, "reused", postgres_template) as url:
        yield url


@pytest.fixture
def postgres(reused_postgres: str) -> str:
    """In place of a copy of its own for each test."""
    return emptied_postgres(reused_postgres)


@pytest.fixture
def world(url: str, tmp_path: Path) -> World:
    return a_world(url, tmp_path)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store in which A_USER and A_GUILD are known."""
    async with Store.open(url) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened


@pytest.fixture
async def suno(anyio_backend: str) -> AsyncIterator[Suno]:
    async with running_suno() as running:
        yield running


@pytest.fixture
def settings(sqlite: str, tmp_path: Path, suno: Suno) -> Settings:
    return settings_for(tmp_path, suno, database_url=sqlite)


@pytest.fixture
async def conductr(settings: Settings) -> AsyncIterator[Conductr]:
    async with open_conductr(settings) as opened:
        yield opened


@pytest.fixture
def caller() -> Caller:
    return Caller(7, "Ada", GUILD, "Test guild", voice_channel_id=5)
