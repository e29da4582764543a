"""A real Conductr over a real sandbox: SQLite in a temp folder, songs of a few seconds, stages ten times faster."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.suno import Suno, running_suno, settings_for

from conductr import Caller, Conductr, Settings, open_conductr

GUILD = 42


@pytest.fixture
async def suno(anyio_backend: str) -> AsyncIterator[Suno]:
    async with running_suno() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, suno: Suno) -> Settings:
    return settings_for(tmp_path, suno)


@pytest.fixture
async def conductr(settings: Settings) -> AsyncIterator[Conductr]:
    async with open_conductr(settings) as opened:
        yield opened


@pytest.fixture
def caller() -> Caller:
    return Caller(7, "Ada", GUILD, "Test guild", voice_channel_id=5)
