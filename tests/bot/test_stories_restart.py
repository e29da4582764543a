"""After a restart the card that hangs is the card still: its buttons work, and it is edited rather than posted anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from bot.bot_process import NO_SUNO, bot_process
from bot.one_guild import OneGuild
from bot.pressing import Member, card_that, cards, verbs_of
from bot.seeded_library import seed_library
from emulators.discord import DiscordEmulator

pytestmark = pytest.mark.anyio


async def test_buttons_of_before_a_restart_work_after_it(discord: DiscordEmulator, tmp_path: Path) -> None:
    ((song,),) = await seed_library(tmp_path, [discord.guild], {"Blue Rain": 60.0})
    room = OneGuild(discord, discord.guild, [])
    ada = Member(room, evolve(discord.human, locale="de"))
    async with bot_process(discord, tmp_path, NO_SUNO):
        await room.human_joins()
        await ada.say("play", song=song.song_id)
        card = await card_that(room, lambda one: "pause" in verbs_of(one))
        listed = await ada.say("library")
    await discord.wait_gone()
    async with bot_process(discord, tmp_path, NO_SUNO):
        loved = await ada.told(card, "favorite")
        assert loved.ephemeral
        assert song.title in loved.text
        assert song.title in (await ada.told(listed, "song", song.song_id)).text
        held = await ada.told(card, "pause" if "pause" in verbs_of(cards(room)[0]) else "resume")
        assert held.text
        assert [one.id for one in cards(room)] == [card.id]
