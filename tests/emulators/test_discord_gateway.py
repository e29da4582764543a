"""The gateway's rules at their edges, as a client made by hand meets them."""

from __future__ import annotations

from typing import Any

import pytest

from emulators.discord import Channel, ChannelKind, DiscordEmulator, Guild, Permission, User
from emulators.handmade_client import HandmadeGateway

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("compressed", [True, False])
async def test_ready_and_guilds_come_compressed_or_plain(discord: DiscordEmulator, compressed: bool) -> None:
    async with HandmadeGateway(discord, compressed=compressed) as client:
        assert client.hello["op"] == 10
        await client.send(1, None)
        assert (await client.receive())["op"] == 11
        await client.identify()
        ready = await client.until("READY")
        assert ready["guilds"] == [{"id": str(discord.guild.id), "unavailable": True}]
        assert ready["resume_gateway_url"] == discord.gateway.url
        guild = await client.until("GUILD_CREATE")
        assert [channel["type"] for channel in guild["channels"]] == [0, 2, 2]


@pytest.mark.parametrize(
    ("identity", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"intents": 1 << 40}, 4013),
        ({"intents": 1 << 15}, 4014),
        ({"shard": [2, 2]}, 4010),
    ],
)
async def test_a_bad_identify_is_closed(discord: DiscordEmulator, identity: dict[str, Any], code: int) -> None:
    async with HandmadeGateway(discord) as client:
        await client.identify(**identity)
        assert await client.receive() == {"closed": code}


async def test_speaking_before_identify_too_long_or_in_riddles_is_closed(discord: DiscordEmulator) -> None:
    async with HandmadeGateway(discord) as client:
        await client.send(4, {"guild_id": 1, "channel_id": None})
        assert await client.receive() == {"closed": 4003}
    async with HandmadeGateway(discord) as client:
        await client.send(1, "x" * 5000)
        assert await client.receive() == {"closed": 4002}
    assert discord.errors == []
    async with HandmadeGateway(discord) as client:
        await client.send(2, {"no": "token"})
        assert await client.receive() == {"closed": 4002}
    assert "malformed" in discord.errors[0]


async def test_the_121st_message_of_a_minute_is_too_many(gateway: HandmadeGateway) -> None:
    for _ in range(121):
        await gateway.send(3, {})
    assert await gateway.receive() == {"closed": 4008}


async def test_a_client_without_heartbeats_is_closed(discord: DiscordEmulator) -> None:
    discord.gateway.heartbeat_ms = 50
    async with HandmadeGateway(discord) as client:
        assert client.hello["d"]["heartbeat_interval"] == 50
        assert await client.receive() == {"closed": 4009}


async def test_a_resume_brings_what_was_missed(discord: DiscordEmulator) -> None:
    async with HandmadeGateway(discord) as client:
        session_id = (await client.ready())["session_id"]
        seq = client.seq
        assert seq is not None
        discord.gateway.drop()
        assert "closed" in await client.receive()
    await discord.human_joins()
    async with HandmadeGateway(discord) as again:
        await again.resume(session_id, seq)
        missed = await again.until("VOICE_STATE_UPDATE")
        assert missed["user_id"] == str(discord.human.id)
        await again.until("RESUMED")
        await discord.human_leaves()
        assert (await again.until("VOICE_STATE_UPDATE"))["channel_id"] is None
    assert discord.gateway.resumes == 1


async def test_an_unknown_or_invalidated_session_cannot_resume(discord: DiscordEmulator) -> None:
    async with HandmadeGateway(discord) as client:
        session_id = (await client.ready())["session_id"]
        discord.gateway.invalidate(resumable=False)
        assert await client.receive() == {"op": 9, "d": False, "s": None, "t": None}
    for name in (session_id, "nobody's"):
        async with HandmadeGateway(discord) as again:
            await again.resume(name, 1)
            assert (await again.receive())["d"] is False


async def test_each_shard_gets_its_own_guilds(discord: DiscordEmulator) -> None:
    even, odd = Guild("Even", id=2 << 22, channels=[Channel("a")]), Guild("Odd", id=3 << 22, channels=[Channel("b")])
    async with DiscordEmulator([even, odd]) as two, HandmadeGateway(two) as first, HandmadeGateway(two) as second:
        await first.identify(shard=[0, 2])
        await second.identify(shard=[1, 2])
        assert (await first.until("GUILD_CREATE"))["name"] == "Even"
        assert (await second.until("GUILD_CREATE"))["name"] == "Odd"


async def test_others_voice_states_need_the_intent(discord: DiscordEmulator) -> None:
    async with HandmadeGateway(discord) as client:
        await client.identify(intents=1)
        await client.until("GUILD_CREATE")
        await discord.human_joins()
        state, _ = await client.join(discord.voice_channel.id)
        assert state["user_id"] == str(discord.world.bot.id)


@pytest.mark.parametrize(
    "channel",
    [
        Channel("locked", ChannelKind.VOICE, denied=Permission.CONNECT),
        Channel("hidden", ChannelKind.VOICE, denied=Permission.VIEW_CHANNEL),
        Channel("full", ChannelKind.VOICE, user_limit=1),
        Channel("words"),
    ],
    ids=lambda channel: channel.name,
)
async def test_a_join_that_is_not_allowed_meets_silence(channel: Channel) -> None:
    human = User("Ada")
    guild = Guild("Guild", [Channel("general"), Channel("open", ChannelKind.VOICE), channel], [human])
    async with DiscordEmulator([guild]) as discord, HandmadeGateway(discord) as client:
        await client.ready()
        if channel.is_voice:
            await discord.human_joins(channel)
            await client.until("VOICE_STATE_UPDATE")
        await client.send(4, {"guild_id": str(guild.id), "channel_id": str(channel.id)})
        await client.send(1, None)
        assert (await client.receive())["op"] == 11
        assert "ignored" in discord.remarks[0]
        assert discord.bot_channel() is None


async def test_the_members_of_a_guild_are_told_on_request(discord: DiscordEmulator, gateway: HandmadeGateway) -> None:
    await gateway.send(8, {"guild_id": discord.guild.id, "user_ids": [discord.human.id], "limit": 0})
    chunk = await gateway.until("GUILD_MEMBERS_CHUNK")
    assert [member["user"]["id"] for member in chunk["members"]] == [str(discord.human.id)]
