"""/generate on the running bot, with the sandbox to compose: one message, sound before the end, safe from a restart."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from attrs import evolve
from bot.bot_process import BotProcess, bot_process, start_bot
from bot.one_guild import OneGuild
from bot.pressing import Member, verbs_of
from emulators.discord import DiscordEmulator, Message

from suno_client.sandbox import spawn_sandbox

pytestmark = pytest.mark.anyio


async def test_a_song_is_heard_before_it_is_finished_and_kept(
    discord: DiscordEmulator, composing_bot: BotProcess
) -> None:
    call = discord.call()
    await discord.human_joins()
    interaction = await discord.slash("generate", {"prompt": "a rainy **lo-fi** beat", "title": "@here Rain"})
    composing = await interaction.until(lambda message: "Composing" in message.text)
    assert "a rainy **lo-fi** beat" not in composing.text  # the stars are escaped
    await interaction.until(lambda message: "First notes" in message.text, 20)
    await call.wait_packets(25, 10)
    finished = await interaction.until(lambda message: "Finished" in message.text, 40)
    assert call.packets[24].received_at < finished.at
    edits = [version.at for version in interaction.edits]
    assert min((after - before for before, after in itertools.pairwise(edits)), default=9) >= 1.9
    assert interaction.follow_ups == []
    assert not any(version.mention_everyone for version in interaction.versions)
    assert len(await discord.autocomplete("play", "song", "")) == 2


async def test_listeners_choose_a_take_and_ask_for_it_slower(
    discord: DiscordEmulator, composing_bot: BotProcess
) -> None:
    room = OneGuild(discord, discord.guild, [])
    ada = Member(room, discord.human)
    await room.human_joins()
    asked = await room.slash("generate", {"prompt": "a rainy lo-fi beat"})
    waiting = await asked.until(lambda message: "cancel" in verbs_of(message) or "take" in verbs_of(message), 20)
    assert not waiting.ephemeral
    done = await asked.until(lambda message: "take" in verbs_of(message) and "Finished" in message.text, 40)
    chosen = await ada.told(done, "take", about="1")
    assert chosen.ephemeral
    kinds = await ada.told(done, "again")
    offered = await ada.redrawn(kinds, "vary", "slower")
    assert {"go", "close"} <= verbs_of(offered)  # what it costs comes first, and nothing was asked of Suno
    slower = await ada.press(offered, "go")
    await slower.until(_has_begun, 40)


async def test_a_wish_in_a_form_is_a_wish(discord: DiscordEmulator, composing_bot: BotProcess) -> None:
    room = OneGuild(discord, discord.guild, [])
    ada = Member(room, evolve(discord.human, locale="es-ES"))
    await room.human_joins()
    helped = await ada.say("help")
    filled = await ada.fill(await ada.press(helped, "wish"), prompt="una guitarra triste", title="Lluvia")
    shown = await filled.until(lambda message: bool(message.controls), 20)
    assert "Composing" not in shown.text  # it is told in Spanish
    again = await room.slash("generate", {"prompt": "una guitarra triste", "title": "Lluvia"}, user=ada.user)
    assert (await again.until(lambda message: bool(message.text), 20)).text


async def test_the_same_wish_again_is_queued_at_once_unless_it_is_asked_anew(
    discord: DiscordEmulator, composing_bot: BotProcess
) -> None:
    await discord.human_joins()
    first = await discord.slash("generate", {"prompt": "a rainy lo-fi beat"})
    await first.until(lambda message: "Finished" in message.text, 40)
    again = await discord.slash("generate", {"prompt": " A rainy  lo-fi beat "})
    said = await again.until(lambda message: "made here already" in message.text)
    assert "costs nothing" in said.text
    assert "1" in (await (await discord.slash("queue")).until(lambda message: bool(message.text))).text
    anew = await discord.slash("generate", {"prompt": "a rainy lo-fi beat", "anew": True})
    await anew.until(lambda message: _has_begun(message) or "Composing" in message.text, 40)


async def test_a_restart_in_the_middle_finishes_the_song_in_the_same_message(
    discord: DiscordEmulator, tmp_path: Path
) -> None:
    async with spawn_sandbox(speed=3, music_seconds=8) as sandbox:
        gateway = {"CONDUCTR_SUNO_API_KEY": sandbox.key, "CONDUCTR_SUNO_BASE_URL": sandbox.url}
        settings = {**gateway, "CONDUCTR_SUNO_POLL_S": "0.5", "CONDUCTR_LEASE_S": "1"}
        first = await start_bot(discord, tmp_path, settings)
        await discord.wait_ready(commands=["generate"])
        await discord.human_joins()
        interaction = await discord.slash("generate", {"prompt": "a rainy lo-fi beat"})
        await interaction.until(_has_begun)
        assert "Finished" not in interaction.versions[-1].text
        first.process.kill()
        await first.process.wait()
        async with bot_process(discord, tmp_path, settings):
            finished = await interaction.until(lambda message: "Finished" in message.text, 40)
    assert finished.id == interaction.original_id
    assert interaction.follow_ups == []


def _has_begun(message: Message) -> bool:
    return "The words are written" in message.text or "First notes" in message.text


async def test_when_the_interaction_is_too_old_the_bot_edits_as_itself(
    discord: DiscordEmulator, composing_bot: BotProcess
) -> None:
    discord.desk.token_life_s = 1.0
    await discord.human_joins()
    interaction = await discord.slash("generate", {"prompt": "rain"})
    finished = await interaction.until(lambda message: "Finished" in message.text, 40)
    assert finished.id == interaction.original_id
