"""A Discord for each test, a quiet py-cord client, and the bot itself as a process with songs in its library."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from attrs import evolve
from bot.bot_process import NO_SUNO, SANDBOX, BotProcess, bot_process
from bot.quiet_client import QuietClient, quiet_client
from bot.seeded_library import Seeded, seed_library
from emulators.discord import DiscordEmulator, Guild, default_guild

TITLES = {"Blue Rain": 6.0, "Second Wind": 4.0, "Coda": 1.0}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Guild, list[Seeded]]:
    """A folder with a seeded library, and the guild whose it is. Made once; every test has its own copy."""
    folder, guild = tmp_path_factory.mktemp("library"), default_guild()
    return folder, guild, anyio.run(seed_library, folder, guild, TITLES)


@pytest.fixture
async def discord(template: tuple[Path, Guild, list[Seeded]]) -> AsyncIterator[DiscordEmulator]:
    guild = template[1]
    async with DiscordEmulator([evolve(guild, channels=list(guild.channels), voice={})]) as emulator:
        yield emulator


@pytest.fixture
async def quiet(discord: DiscordEmulator) -> AsyncIterator[QuietClient]:
    async with quiet_client(discord) as client:
        yield client


@pytest.fixture
def songs(template: tuple[Path, Guild, list[Seeded]], tmp_path: Path) -> list[Seeded]:
    """Songs of the guild: 6 s, 4 s and 1 s long."""
    shutil.copytree(template[0] / "data", tmp_path / "data")
    return template[2]


@pytest.fixture
async def bot(discord: DiscordEmulator, songs: list[Seeded], tmp_path: Path) -> AsyncIterator[BotProcess]:
    """Running, with songs, without Suno."""
    async with bot_process(discord, tmp_path, NO_SUNO) as running:
        yield running
    check_manners(discord, running)


@pytest.fixture
async def composing_bot(discord: DiscordEmulator, tmp_path: Path) -> AsyncIterator[BotProcess]:
    """Running, with the sandbox to compose, and an empty library."""
    async with bot_process(discord, tmp_path, SANDBOX) as running:
        yield running
    check_manners(discord, running)


def check_manners(discord: DiscordEmulator, bot: BotProcess) -> None:
    """Nothing went wrong between bot and Discord, every answer came in time, and no secret is in the log."""
    assert (discord.unhandled, discord.errors) == ([], [])
    interactions = list(discord.desk.interactions.values())
    assert [one.named for one in interactions if one.acknowledged_at is None or one.ack_ms >= 1_500] == []
    secrets = [discord.token, *(one.token for one in interactions)]
    secrets += [session.token for session in discord.call().sessions]
    assert not [secret for secret in secrets if secret in bot.log]
    assert "Traceback" not in bot.log
