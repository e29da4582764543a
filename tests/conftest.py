"""What every test may stand on: real databases of both engines, a real Redis, asyncio as the default loop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from services import embedded_postgres_url, embedded_redis_url
from support.databases import copied_sqlite, migrate, postgres_database

from suno_client.sandbox.music.kept import VARIABLE

HERE = Path(__file__).parent
# Hold sound to its rhythm or a program to its patience: these run one after the other (marked `timed`), the rest beside
# each other.
KEEPS_TIME = (
    "bot/",
    "emulators/",
    "player/test_day",
    "player/test_line",
    "player/test_live",
    "player/test_output_contract",
    "player/test_pacer",
    "player/test_players",
    "player/test_remote",
    "player/test_resources",
    "player/test_sources",
    "player/test_render_renditions",
    "player/test_render_turns",
    "player/test_seams_heard",
    "player/test_stream",
    "player/test_voice",
    "player/test_whole",
    "store/test_media",
    "store/test_sqlite",
    "web/test_browser",
    "web/test_listen",
    "web/test_run",
    "web/test_steady",
)


# A machine that stands still for a moment is no fault of the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """What one sandbox of this run has composed, no other need compose again; workers inherit the folder's name."""
    if VARIABLE not in os.environ:
        folder = TemporaryDirectory(prefix="conductr-kept-takes-", ignore_cleanup_errors=True)
        os.environ[VARIABLE] = folder.name
        config.add_cleanup(folder.cleanup)


# Files that take longest: begun first, so that no worker is left alone with one at the end.
LONGEST = ("proof/", "store/test_races", "store/test_migrations", "suno_client/test_cli", "suno_client/test_every")
# Minutes of a quiet machine: `make proof` asks for them.
ONLY_FOR_PROOF = ("bot/test_voice_restart", "bot/test_voice_soak")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "CONDUCTR_PROOF" not in os.environ:
        items[:] = [item for item in items if not _place(item).startswith(ONLY_FOR_PROOF)]
    for item in items:
        if _place(item).startswith(KEEPS_TIME):
            item.add_marker("timed")
    items.sort(key=lambda item: not _place(item).startswith(LONGEST))


def _place(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).as_posix() if item.path.is_relative_to(HERE) else ""


@pytest.fixture
def anyio_backend() -> str:
    """asyncio unless a room's own conftest says asyncio and trio."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A fresh cluster of this session's own, or the server that CONDUCTR_TEST_POSTGRES names."""
    if named := os.environ.get("CONDUCTR_TEST_POSTGRES"):
        yield named
        return
    with embedded_postgres_url() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a database whose schema is the newest; copying it is quicker than migrating anew."""
    with postgres_database(postgres_url, "template") as url:
        migrate(url)
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    with postgres_database(postgres_url, "copy", postgres_template) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `postgres_template`: a file."""
    file = tmp_path_factory.mktemp("template") / "conductr.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_template: Path) -> str:
    return copied_sqlite(sqlite_template, tmp_path / "conductr.db")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database of either engine: it is of the newest schema, and outlives a store."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A fresh Redis-compatible server, or the one that CONDUCTR_TEST_REDIS names."""
    if named := os.environ.get("CONDUCTR_TEST_REDIS"):
        yield named
        return
    with embedded_redis_url() as url:
        yield url
