"""A Discord for each test, a quiet py-cord client, and the bot itself as a process with songs in its library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from attrs import frozen
from bot.bot_process import NO_SUNO, SANDBOX, BotProcess, bot_process
from bot.one_guild import OneGuild
from bot.quiet_client import QuietClient, quiet_client
from bot.seeded_library import Seeded, seed_library
from emulators.discord import Channel, ChannelKind, DiscordEmulator, Guild, Interaction, Permission, default_guild

TITLES = {"Blue Rain": 6.0, "Second Wind": 4.0, "Coda": 1.0}
GUILDS = 24  # one a test; a module that needs more says so by an IndexError


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """For a module's shared bot; the bot is asyncio only, as py-cord is."""
    return "asyncio"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordEmulator]:
    async with DiscordEmulator() as emulator:
        yield emulator


@pytest.fixture
async def quiet(discord: DiscordEmulator) -> AsyncIterator[QuietClient]:
    async with quiet_client(discord) as client:
        yield client


@frozen
class Shared:
    """A running bot in many guilds, each with songs, and without Suno."""

    discord: DiscordEmulator
    bot: BotProcess
    guilds: Iterator[tuple[Guild, list[Seeded]]]


@pytest.fixture(scope="module")
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shared]:
    """A module may name its own TITLES."""
    folder = tmp_path_factory.mktemp("bot")
    guilds = [default_guild(f"Guild {number}") for number in range(GUILDS)]
    for guild in guilds:
        guild.channels.append(Channel("Stage", ChannelKind.STAGE, denied=Permission.SPEAK))
    songs = await seed_library(folder, guilds, getattr(request.module, "TITLES", TITLES))
    async with DiscordEmulator(guilds) as emulator, bot_process(emulator, folder, NO_SUNO) as bot:
        yield Shared(emulator, bot, iter(zip(guilds, songs, strict=True)))


@pytest.fixture
def seat(shared: Shared) -> tuple[OneGuild, list[Seeded]]:
    guild, songs = next(shared.guilds)
    return OneGuild(shared.discord, guild, []), songs


@pytest.fixture
def room(shared: Shared, seat: tuple[OneGuild, list[Seeded]]) -> Iterator[OneGuild]:
    """This test's guild. At the end nothing went wrong between it and the bot."""
    shared.discord.remarks.clear()
    before = len(shared.bot.log)
    yield seat[0]
    check_manners(shared.discord, shared.bot, seat[0].asked, before)


@pytest.fixture
def songs(seat: tuple[OneGuild, list[Seeded]]) -> list[Seeded]:
    """Songs of this test's guild: 6 s, 4 s and 1 s long."""
    return seat[1]


@pytest.fixture
async def composing_bot(discord: DiscordEmulator, tmp_path: Path) -> AsyncIterator[BotProcess]:
    """Running, with the sandbox to compose, and an empty library."""
    async with bot_process(discord, tmp_path, SANDBOX) as running:
        yield running
    check_manners(discord, running, list(discord.desk.interactions.values()))


def check_manners(discord: DiscordEmulator, bot: BotProcess, asked: list[Interaction], before: int = 0) -> None:
    """Nothing went wrong between bot and Discord, every answer came in time, and no secret is in the log."""
    assert (discord.unhandled, discord.errors) == ([], [])
    assert [one.named for one in asked if one.acknowledged_at is None or one.ack_ms >= 1_500] == []
    secrets = [discord.token, *(one.token for one in asked)]
    secrets += [session.token for call in discord.calls.values() for session in call.sessions]
    assert not [secret for secret in secrets if secret in bot.log]
    assert "Traceback" not in bot.log[before:]
