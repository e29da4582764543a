"""Commands of the running bot: plain words, a next step on failure, and nothing that anybody typed pings."""

from __future__ import annotations

import asyncio

import pytest
from bot.seeded_library import Seeded
from emulators.discord import ChannelKind, DiscordEmulator, Permission, User
from emulators.discord.payloads import channel_json

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("bot")]


async def test_a_caller_outside_voice_is_told_so_alone(discord: DiscordEmulator, songs: list[Seeded]) -> None:
    for name, options in (
        ("join", {}),
        ("generate", {"prompt": "rain"}),
        ("play", {"song": songs[0].song_id}),
        ("pause", {}),
        ("skip", {}),
        ("stop", {}),
    ):
        interaction = await discord.slash(name, options)
        said = await interaction.until(lambda message: "voice" in message.text)
        assert said.text == "You are not in a voice channel.\nJoin one, then ask again.", name
        assert said.ephemeral, name
    assert discord.bot_channel() is None


async def test_join_comes_deafened_and_leave_goes(discord: DiscordEmulator) -> None:
    await discord.human_joins()
    joined = await (await discord.slash("join")).reply()
    assert joined.text.startswith("Here I am, in Music.")
    assert discord.guild.voice[discord.world.bot.id].self_deaf
    again = await (await discord.slash("join")).reply()
    assert again.text.startswith("Here I am, in Music.")
    assert len(discord.call().sessions) == 1
    left = await (await discord.slash("leave")).reply()
    assert left.text == "Left Music."
    assert discord.bot_channel() is None
    gone = await (await discord.slash("leave")).reply()
    assert (gone.text, gone.ephemeral) == ("I am in no voice channel here.\n/join calls me in.", True)


async def test_leave_keeps_the_queue_for_join(discord: DiscordEmulator, songs: list[Seeded]) -> None:
    call = discord.call()
    await discord.human_joins()
    await (await discord.slash("play", {"song": songs[0].song_id})).reply()
    await call.wait_packets(25)
    left = await (await discord.slash("leave")).reply()
    assert left.text == "Left Music.\nThe queue is kept: 1 song. /join brings me back."
    before = len(call.packets)
    back = await (await discord.slash("join")).reply()
    assert back.text == "Here I am, in Music.\n1 song in the queue."
    packets = await call.wait_packets(before + 10)
    assert packets[before].payload in songs[0].packets[20:35]  # goes on where it was, not at its beginning


async def test_what_the_bot_may_not_do_is_named_before_it_tries(discord: DiscordEmulator) -> None:
    _change(discord, denied=Permission.CONNECT | Permission.SPEAK)
    await discord.human_joins()
    refused = await (await discord.slash("join")).reply()
    assert refused.text.startswith("I cannot play in Music: I am not allowed to connect and speak.")
    assert refused.ephemeral
    assert _joins(discord) == 0


async def test_a_full_channel_is_not_tried(discord: DiscordEmulator) -> None:
    _change(discord, user_limit=1)
    await discord.human_joins()
    refused = await (await discord.slash("join")).reply()
    assert refused.text.startswith("Music is full (1 of 1).")
    assert refused.ephemeral


async def test_on_a_stage_the_bot_asks_to_speak(discord: DiscordEmulator) -> None:
    _change(discord, kind=ChannelKind.STAGE, denied=Permission.SPEAK)
    await discord.human_joins()
    assert (await (await discord.slash("join")).reply()).text.startswith("Here I am, in Music.")
    assert discord.bot_channel() is not None


async def test_others_who_listen_keep_the_bot(discord: DiscordEmulator, songs: list[Seeded]) -> None:
    stranger = User("Bob")
    await discord.human_joins()
    await (await discord.slash("play", {"song": songs[0].song_id})).reply()
    await discord.human_joins(discord.other_voice_channel, user=stranger)
    refused = await (await discord.slash("skip", user=stranger)).reply()
    assert refused.text.startswith("I am playing for others in Music.")
    assert refused.ephemeral
    await discord.human_leaves()
    came = await (await discord.slash("join", user=stranger)).reply()
    assert came.text.startswith("Here I am, in Lounge.")
    assert discord.bot_channel() == discord.other_voice_channel


async def test_somebody_who_puts_the_bot_out_means_it(discord: DiscordEmulator, songs: list[Seeded]) -> None:
    call = discord.call()
    await discord.human_joins()
    await (await discord.slash("play", {"song": songs[0].song_id})).reply()
    await call.wait_packets(25)
    await discord.move_bot(None)
    await call.disconnected()
    joins = _joins(discord)
    await asyncio.sleep(1.0)  # that nothing happens takes its time to see
    assert _joins(discord) == joins
    assert (await (await discord.slash("join")).reply()).text == "Here I am, in Music.\n1 song in the queue."


async def test_play_offers_songs_and_understands_a_typed_name(discord: DiscordEmulator, songs: list[Seeded]) -> None:
    offered = await discord.autocomplete("play", "song", "blue")
    assert [(one["name"], one["value"]) for one in offered] == [("Blue Rain · 0:06 · Ada", songs[0].song_id)]
    assert len(await discord.autocomplete("play", "song", "")) == len(songs)
    assert await discord.autocomplete("play", "song", "no such song") == []
    await discord.human_joins()
    assert (await (await discord.slash("play", {"song": "blue"})).reply()).text == "Playing Blue Rain."
    unknown = await (await discord.slash("play", {"song": "no such song"})).reply()
    assert unknown.text.startswith("No such song in this library.")
    assert unknown.ephemeral


async def test_nothing_to_play_suggests_generate(discord: DiscordEmulator) -> None:
    await discord.human_joins()
    for name in ("play", "pause", "skip", "stop", "queue", "nowplaying"):
        said = await (await discord.slash(name)).reply()
        assert "/generate" in said.text, name
        assert said.ephemeral, name


async def test_nowplaying_shows_the_cover(discord: DiscordEmulator, songs: list[Seeded]) -> None:
    await discord.human_joins()
    await (await discord.slash("play", {"song": songs[0].song_id})).reply()
    await discord.call().wait_packets(5)
    card = await (await discord.slash("nowplaying")).reply()
    assert [attached.filename for attached in card.attachments] == ["cover.png"]
    assert "Blue Rain" in card.text
    assert "Asked for by Ada." in card.text


async def test_a_suno_that_is_down_is_told_and_charges_nothing(discord: DiscordEmulator) -> None:
    await discord.human_joins()
    interaction = await discord.slash(
        "generate", {"prompt": "@everyone *rain* <@123456789012345678> https://a.example"}
    )
    ended = await interaction.until(lambda message: "nothing was sent or charged" in message.text, 15)
    assert not any(version.mention_everyone or version.mentions for version in interaction.versions)
    assert "@everyone" not in ended.text
    assert "<@123" not in ended.text


async def test_a_prompt_that_cannot_be_sent_is_refused_to_the_caller_alone(discord: DiscordEmulator) -> None:
    await discord.human_joins()
    for prompt, why in (("   ", "it is empty"), ("la " * 3_334, "characters")):
        interaction = await discord.slash("generate", {"prompt": prompt})
        said = await interaction.until(lambda message, why=why: why in message.text)
        assert "othing was sent or charged." in said.text
        assert said.ephemeral


def _change(discord: DiscordEmulator, **changes: object) -> None:
    """Change the human's channel, and tell the bot."""
    channel = discord.guild.change_channel(discord.voice_channel.id, **changes)
    discord.gateway.dispatch("CHANNEL_UPDATE", channel_json(discord.guild, channel), guild_id=discord.guild.id)


def _joins(discord: DiscordEmulator) -> int:
    return sum(sent.get("op") == 4 and sent["d"]["channel_id"] is not None for sent in discord.gateway.received)
