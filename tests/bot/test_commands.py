"""Commands of the running bot: plain words, a next step on failure, and nothing that anybody typed pings."""

from __future__ import annotations

import asyncio

import pytest
from bot.one_guild import OneGuild
from bot.seeded_library import Seeded
from emulators.discord import Permission, User
from emulators.discord.payloads import channel_json

pytestmark = pytest.mark.anyio


async def test_a_caller_outside_voice_is_told_so_alone(room: OneGuild, songs: list[Seeded]) -> None:
    for name, options in (
        ("join", {}),
        ("generate", {"prompt": "rain"}),
        ("play", {"song": songs[0].song_id}),
        ("pause", {}),
        ("skip", {}),
        ("stop", {}),
    ):
        interaction = await room.slash(name, options)
        said = await interaction.until(lambda message: "voice" in message.text)
        assert said.text == "You are not in a voice channel.\nJoin one, then ask again.", name
        assert said.ephemeral, name
    assert room.bot_channel is None


async def test_join_comes_deafened_and_leave_goes(room: OneGuild) -> None:
    await room.human_joins()
    joined = await room.say("join")
    assert joined.text.startswith("Here I am, in Music.")
    assert room.guild.voice[room.emulator.world.bot.id].self_deaf
    again = await room.say("join")
    assert again.text.startswith("Here I am, in Music.")
    assert len(room.call.sessions) == 1
    left = await room.say("leave")
    assert left.text == "Left Music."
    assert room.bot_channel is None
    gone = await room.say("leave")
    assert (gone.text, gone.ephemeral) == ("I am in no voice channel here.\n/join calls me in.", True)


async def test_leave_keeps_the_queue_for_join(room: OneGuild, songs: list[Seeded]) -> None:
    call = room.call
    await room.human_joins()
    await room.say("play", {"song": songs[0].song_id})
    await call.wait_packets(25)
    left = await room.say("leave")
    assert left.text == "Left Music.\nThe queue is kept: 1 song. /join brings me back."
    before = len(call.packets)
    back = await room.say("join")
    assert back.text == "Here I am, in Music.\n1 song in the queue."
    packets = await call.wait_packets(before + 10)
    places = {packet: at for at, packet in enumerate(songs[0].packets)}
    first, then = (
        [places[one.payload] for one in part if one.payload in places] for part in (packets[:before], packets[before:])
    )
    assert -25 <= then[0] - first[-1] <= 25  # goes on where it was, not at its beginning
    assert then[0] >= 15


async def test_what_the_bot_may_not_do_is_named_before_it_tries(room: OneGuild) -> None:
    _change(room, denied=Permission.CONNECT | Permission.SPEAK)
    await room.human_joins()
    refused = await room.say("join")
    assert refused.text.startswith("I cannot play in Music: I am not allowed to connect and speak.")
    assert refused.ephemeral
    assert room.joins == 0


async def test_a_full_channel_is_not_tried(room: OneGuild) -> None:
    _change(room, user_limit=1)
    await room.human_joins()
    refused = await room.say("join")
    assert refused.text.startswith("Music is full (1 of 1).")
    assert refused.ephemeral


async def test_on_a_stage_the_bot_asks_to_speak(room: OneGuild) -> None:
    stage = room.stage
    await room.human_joins(stage)
    assert (await room.say("join")).text.startswith("Here I am, in Stage.")
    assert room.bot_channel == stage


async def test_others_who_listen_keep_the_bot(room: OneGuild, songs: list[Seeded]) -> None:
    stranger = User("Bob")
    await room.human_joins()
    await room.say("play", {"song": songs[0].song_id})
    await room.human_joins(room.other_voice_channel, user=stranger)
    refused = await room.say("skip", user=stranger)
    assert refused.text.startswith("I am playing for others in Music.")
    assert refused.ephemeral
    await room.human_leaves()
    came = await room.say("join", user=stranger)
    assert came.text.startswith("Here I am, in Lounge.")
    assert room.bot_channel == room.other_voice_channel


@pytest.mark.parametrize("code", [None, 4022, 4021], ids=["kicked", "call ended", "rate limited"])
async def test_somebody_who_puts_the_bot_out_means_it(room: OneGuild, songs: list[Seeded], code: int | None) -> None:
    await room.human_joins()
    await room.say("play", {"song": songs[0].song_id})
    await room.call.wait_packets(25)
    if code is None:
        await room.move_bot(None)
    else:
        room.call.close(code)
    await room.call.disconnected()
    joins = room.joins
    await asyncio.sleep(1.0)  # that nothing happens takes its time to see
    assert room.joins == joins


async def test_after_being_put_out_join_brings_the_queue_back(room: OneGuild, songs: list[Seeded]) -> None:
    await room.human_joins()
    await room.say("play", {"song": songs[0].song_id})
    await room.call.wait_packets(25)
    await room.move_bot(None)
    await room.call.disconnected()
    assert (await room.say("join")).text == "Here I am, in Music.\n1 song in the queue."


async def test_a_slow_join_is_deferred_in_time(room: OneGuild) -> None:
    room.emulator.voice_timing.before_state_s = 2.0
    try:
        await room.human_joins()
        interaction = await room.slash("join")
        await interaction.acknowledged(1.5)
        assert interaction.deferred
        assert (await interaction.reply()).text.startswith("Here I am, in Music.")
    finally:
        room.emulator.voice_timing.before_state_s = 0.0


async def test_a_discord_that_ignores_a_join_is_not_waited_for_long(room: OneGuild) -> None:
    room.guild.change_channel(room.voice_channel.id, user_limit=1)  # the bot was not told
    await room.human_joins()
    refused = await (await room.slash("join")).reply(13)
    assert refused.text == "Discord did not let me into Music in time.\nTry /join again in a moment."


async def test_an_answer_that_comes_too_late_is_given_in_the_channel(room: OneGuild) -> None:
    room.emulator.desk.ack_window_s = 0.0
    try:
        await room.emulator.slash("nowplaying", guild=room.guild)
        board = room.emulator.board
        await room.emulator.watch.until(
            lambda: [one for one in board.messages if one.channel_id == room.guild.text_channel.id], "message", 5
        )
    finally:
        room.emulator.desk.ack_window_s = 3.0
    (message,) = [one for one in board.messages if one.channel_id == room.guild.text_channel.id]
    assert message.text.startswith("Nothing is playing.")


async def test_play_offers_songs_and_understands_a_typed_name(room: OneGuild, songs: list[Seeded]) -> None:
    offered = await room.autocomplete("play", "song", "blue")
    assert [one["value"] for one in offered] == [songs[0].song_id]
    assert offered[0]["name"].startswith("Blue Rain")
    assert len(await room.autocomplete("play", "song", "")) == len(songs)
    assert await room.autocomplete("play", "song", "no such song") == []
    await room.human_joins()
    assert (await room.say("play", {"song": "blue"})).text == "Ada plays Blue Rain."
    unknown = await room.say("play", {"song": "no such song"})
    assert unknown.text.startswith("No such song in this library.")
    assert unknown.ephemeral


async def test_nothing_to_play_suggests_generate(room: OneGuild) -> None:
    await room.human_joins()
    for name in ("play", "pause", "skip", "stop", "queue", "nowplaying"):
        said = await room.say(name)
        assert "/generate" in said.text, name
        assert said.ephemeral, name


async def test_nowplaying_shows_the_cover(room: OneGuild, songs: list[Seeded]) -> None:
    await room.human_joins()
    await room.say("play", {"song": songs[0].song_id})
    await room.call.wait_packets(5)
    card = await room.say("nowplaying")
    assert [attached.filename for attached in card.attachments] == ["cover.png"]
    assert "Blue Rain" in card.text
    assert "Ada" in card.text


async def test_a_suno_that_is_down_is_told_and_charges_nothing(room: OneGuild) -> None:
    await room.human_joins()
    interaction = await room.slash("generate", {"prompt": "@everyone *rain* <@123456789012345678> https://a.example"})
    ended = await interaction.until(lambda message: "nothing was sent or charged" in message.text, 15)
    assert not any(version.mention_everyone or version.mentions for version in interaction.versions)
    assert "@everyone" not in ended.text
    assert "<@123" not in ended.text


async def test_a_prompt_that_cannot_be_sent_is_refused_to_the_caller_alone(room: OneGuild) -> None:
    await room.human_joins()
    for prompt, why in (
        ("   ", "it is empty"),
        ("la " * 3_334, "characters"),
        ("\N{GRINNING FACE}" * 6_000, "characters"),
    ):
        interaction = await room.slash("generate", {"prompt": prompt})
        said = await interaction.until(lambda message, why=why: why in message.text)
        assert "othing was sent or charged." in said.text
        assert said.ephemeral


def _change(room: OneGuild, **changes: object) -> None:
    """Change the human's channel, and tell the bot."""
    channel = room.guild.change_channel(room.voice_channel.id, **changes)
    room.emulator.gateway.dispatch("CHANNEL_UPDATE", channel_json(room.guild, channel), guild_id=room.guild.id)
