"""The bot as a process: how it starts, refuses to, and ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from bot.bot_process import NO_SUNO, start_bot
from bot.one_guild import OneGuild
from emulators.discord import DiscordEmulator

from conductr_bot.commands.table import COMMANDS

pytestmark = pytest.mark.anyio

DO_NOT_RESTART = 78


async def test_it_asks_for_no_privileged_intent_and_serves_only_guilds(room: OneGuild) -> None:
    (identify,) = [sent["d"] for sent in room.emulator.gateway.received if sent.get("op") == 2]
    assert identify["intents"] == 129
    registered = room.emulator.commands.listed(None)
    names = [*(command.name for command in COMMANDS), "Queue this song"]
    assert sorted(command["name"] for command in registered) == sorted(names)
    assert all(command["name_localizations"]["de"] for command in registered)
    assert all((command["contexts"], command["integration_types"]) == ([0], [0]) for command in registered)


async def test_it_leaves_the_channel_when_it_is_ended(discord: DiscordEmulator, tmp_path: Path) -> None:
    bot = await start_bot(discord, tmp_path, NO_SUNO)
    await discord.wait_ready(["join", "radio"])
    await discord.human_joins()
    await (await discord.slash("join")).reply()
    assert await bot.end() == 0
    assert discord.bot_channel() is None


async def test_a_wrong_token_ends_it_with_a_sentence(discord: DiscordEmulator, tmp_path: Path) -> None:
    bot = await start_bot(discord, tmp_path, {**NO_SUNO, "CONDUCTR_DISCORD_TOKEN": "not.the.token"})
    assert await bot.process.wait() == DO_NOT_RESTART
    assert bot.log.splitlines()[-1].startswith("CONDUCTR_DISCORD_TOKEN: Discord does not accept the bot's token.")
    assert "not.the.token" not in bot.log
    assert "Traceback" not in bot.log


async def test_a_discord_that_cannot_be_reached_is_waited_for(discord: DiscordEmulator, tmp_path: Path) -> None:
    nobody = {"CONDUCTR_DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}
    bot = await start_bot(discord, tmp_path, {**NO_SUNO, **nobody})
    await bot.says("Discord cannot be reached")
    assert bot.process.returncode is None
    assert await bot.end() == 0


async def test_a_gateway_that_refuses_it_ends_it(discord: DiscordEmulator, tmp_path: Path) -> None:
    bot = await start_bot(discord, tmp_path, NO_SUNO)
    await discord.wait_ready()
    discord.gateway.close(4004)
    assert await bot.process.wait() == DO_NOT_RESTART
    assert "Discord does not accept the bot's token" in bot.log
