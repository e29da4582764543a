"""Fresh PostgreSQL databases for proofs, beside those of the store's tests."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import anyio
import asyncpg
import pytest


async def _order(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[str]:
    """A database without a schema, gone at the end."""
    name = f"proof_{uuid4().hex[:12]}"
    server, _, options = postgres_url.partition("?")
    anyio.run(_order, postgres_url, f"CREATE DATABASE {name}")
    yield f"{server.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
    anyio.run(_order, postgres_url, f"DROP DATABASE {name} WITH (FORCE)")
