"""What every test may stand on: a real PostgreSQL, a real Redis, asyncio as the default loop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from services import embedded_postgres_url, embedded_redis_url

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).as_posix().startswith(KEEPS_TIME):
            item.add_marker("timed")


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
def redis_url() -> Iterator[str]:
    """A fresh Redis-compatible server, or the one that CONDUCTR_TEST_REDIS names."""
    if named := os.environ.get("CONDUCTR_TEST_REDIS"):
        yield named
        return
    with embedded_redis_url() as url:
        yield url
