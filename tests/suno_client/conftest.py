"""Both event loops, a fake Suno, and a gateway on a real socket that does exactly what a test tells it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from support.wire_gateway import Gateway, open_gateway

from suno_client import Polling, SunoClient
from suno_client.testing import FakeSuno

KEY = "sk-canary-7f3a9d"
QUICK = Polling(first_s=0, max_s=0, floor_s=0, retry_s=0)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def fake() -> FakeSuno:
    return FakeSuno()


@pytest.fixture
async def suno(fake: FakeSuno) -> AsyncIterator[SunoClient]:
    async with fake.client() as client:
        yield client


@pytest.fixture
async def gateway(anyio_backend: str) -> AsyncIterator[Gateway]:
    async with open_gateway() as gateway:
        yield gateway


@pytest.fixture
async def over_http(gateway: Gateway) -> AsyncIterator[SunoClient]:
    """A client of `gateway`, which counts as the gateway's own host: its files may be fetched."""
    async with SunoClient(KEY, base_url=gateway.url, timeout_s=5, polling=QUICK) as client:
        yield client
