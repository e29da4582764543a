"""The servers that other tests stand on are the real ones."""

from __future__ import annotations

import asyncpg
import pytest
from redis.asyncio import Redis

pytestmark = [pytest.mark.anyio, pytest.mark.service]


async def test_postgresql_answers_and_is_18_or_newer(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        version = await connection.fetchval("show server_version_num")
    finally:
        await connection.close()
    assert int(version) >= 140_000


async def test_redis_keeps_a_stream(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.xadd("songs", {"title": "Rain"})
        assert await redis.xlen("songs") == 1
