"""A Discord for each test, a quiet py-cord client, and the bot itself as a process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from bot.quiet_client import QuietClient, quiet_client
from emulators.discord import DiscordEmulator


@pytest.fixture
async def discord() -> AsyncIterator[DiscordEmulator]:
    async with DiscordEmulator() as emulator:
        yield emulator


@pytest.fixture
async def quiet(discord: DiscordEmulator) -> AsyncIterator[QuietClient]:
    async with quiet_client(discord) as client:
        yield client
