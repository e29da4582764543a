"""Both event loops, a fake Suno, and a gateway on a real socket that does exactly what a test tells it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from support.wire_gateway import Gateway, open_gateway

from suno_client import Limiter, Polling, Retrying, SunoClient
from suno_client.testing import FakeSuno

READY = "Suno sandbox listening on "
KEY = "sk-canary-7f3a9d"
QUICK = Polling(first_s=0, max_s=0, floor_s=0, keep_s=0)
ONCE = Retrying(submissions=1, first_s=0)
NO_LIMIT = 1_000_000


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
    limiter = Limiter(NO_LIMIT, 0)
    async with SunoClient(
        KEY, base_url=gateway.url, timeout_s=5, polling=QUICK, retrying=ONCE, limiter=limiter
    ) as client:
        yield client


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A sandbox of this session's own, with short songs and a quick clock; it ends when its input closes."""
    argv = [sys.executable, "-m", "suno_client.sandbox", "--until-stdin-closes"]
    argv += ["--speed", "20", "--music-seconds", "6", "--key", "sandbox"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix(READY).strip()
        finally:
            process.stdin.close()
            process.wait(10)
