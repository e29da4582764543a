"""The saga on either engine; and a real Conductr over a real sandbox whose songs are made before, in a moment.

A Conductr is on SQLite, but in modules whose `database` is `url`: they run on both engines.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from support.databases import emptied_postgres, postgres_database
from support.quick_suno import Prepared, prepare, quick_suno
from support.saga import World, a_world
from support.suno import Suno, settings_for

from conductr import Caller, Conductr, Settings, open_conductr
from conductr_store import Store
from conductr_store.testing import put_people

GUILD = 42
SONG_S = 8.0
SPEED = 60.0  # the first take after a third of a second, both after half of one


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


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The songs of every sandbox here."""
    return prepare(tmp_path_factory.mktemp("prepared"), SONG_S)


@pytest.fixture
async def suno(anyio_backend: str, prepared: Prepared) -> AsyncIterator[Suno]:
    async with quick_suno(prepared, speed=SPEED) as (running, _):
        yield running


@pytest.fixture
def database(sqlite: str) -> str:
    return sqlite


@pytest.fixture
def settings(database: str, tmp_path: Path, suno: Suno) -> Settings:
    return settings_for(tmp_path, suno, database_url=database)


@pytest.fixture
async def conductr(settings: Settings) -> AsyncIterator[Conductr]:
    async with open_conductr(settings) as opened:
        yield opened


@pytest.fixture
def caller() -> Caller:
    return Caller(7, "Ada", GUILD, "Test guild", voice_channel_id=5)
