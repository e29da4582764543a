"""discord.py and disnake play through the emulator as py-cord does, so that it is a Discord and not py-cord's image.

`make strangers` makes their environments, in `.venv-strangers`; without them these tests are skipped.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest

from emulators.discord import Dave, DiscordEmulator, User, default_guild
from emulators.discord.listening import ffmpeg
from emulators.discord.measures import music, payloads, sequence_breaks
from emulators.discord.ogg import read_ogg

pytestmark = [pytest.mark.anyio, pytest.mark.timed]

HERE = Path(__file__).parent / "strangers"
PLACE = Path(os.environ.get("CONDUCTR_STRANGERS", Path(__file__).parents[2] / ".venv-strangers"))
HEADERS = 2  # Ogg's own, which these libraries send as if they were sound
STRANGERS = pytest.mark.parametrize(
    "stranger",
    [
        pytest.param(name, marks=pytest.mark.skipif(not _there, reason="make strangers installs it"))
        for name in ("discordpy", "disnake")
        for _there in [(PLACE / name / "bin" / "python").exists()]
    ],
)


@asynccontextmanager
async def playing(discord: DiscordEmulator, stranger: str, song: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """What it says is shown by pytest where a test fails."""
    environment = os.environ | discord.environment()
    environment |= {"EMULATOR_GATEWAY": discord.gateway.url, "EMULATOR_CHANNEL": str(discord.voice_channel.id)}
    environment |= {"EMULATOR_FFMPEG": ffmpeg(), "EMULATOR_WAIT_S": "0.5"}
    argv = (str(PLACE / stranger / "bin" / "python"), str(HERE / f"{stranger}_bot.py"), str(song))
    bot = await asyncio.create_subprocess_exec(*argv, env=environment, stderr=asyncio.subprocess.PIPE)
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.kill()
        _, said = await bot.communicate()
        sys.stderr.write(said.decode(errors="replace"))


@STRANGERS
async def test_a_stranger_plays_and_its_packets_arrive_in_order(stranger: str, song: Path) -> None:
    async with DiscordEmulator() as discord, playing(discord, stranger, song) as bot:
        assert await asyncio.wait_for(bot.wait(), 60) == 0
        packets = discord.call().packets
        assert sequence_breaks(packets) == []
        check_sound(stranger, payloads(music(packets)), song)
        assert (discord.errors, discord.unhandled) == ([], [])


@STRANGERS
@pytest.mark.parametrize("committer", ["bot", "human"])
async def test_a_stranger_speaks_dave(stranger: str, song: Path, committer: Literal["bot", "human"]) -> None:
    guild = default_guild()
    guild.members.append(User("Late"))
    async with DiscordEmulator([guild], dave=committer) as discord:
        await discord.human_joins()
        dave = discord.call().dave
        assert isinstance(dave, Dave)
        async with playing(discord, stranger, song) as bot:
            await discord.call().wait_packets(20, 60)
            await discord.human_joins(user=guild.members[1])
            assert await asyncio.wait_for(bot.wait(), 60) == 0
        heard = music(discord.call().packets)
        assert all(packet.e2ee for packet in heard)
        assert (discord.errors, dave.failures, dave.faults) == ([], [], [])
        check_sound(stranger, payloads(heard), song)


def check_sound(stranger: str, heard: list[bytes], song: Path) -> None:
    """Packet for packet; disnake encodes anew where its ffmpeg is not told otherwise."""
    own = read_ogg(song.read_bytes())
    assert len(heard) - HEADERS == pytest.approx(len(own), abs=3), stranger
    if heard[HEADERS] == own[0]:
        assert heard[HEADERS:] == own
