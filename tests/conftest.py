"""What every test may stand on: a real PostgreSQL, a real Redis, asyncio as the default loop."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from services import embedded_postgres_url, embedded_redis_url


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
