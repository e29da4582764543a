"""One running sandbox a module, made fresh for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sandbox.asking import Gateway

from suno_client.sandbox import SandboxServer


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The server lives as long as its module, and so must its loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[SandboxServer]:
    async with SandboxServer(speed=30, music_seconds=6) as server:
        yield server


@pytest.fixture
async def gateway(running: SandboxServer) -> AsyncIterator[Gateway]:
    """A client of the running sandbox, whose books are empty."""
    headers = {"Authorization": f"Bearer {running.key}"}
    async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=30, trust_env=False) as http:
        await http.post("/_sandbox/reset")
        yield Gateway(http, running)
