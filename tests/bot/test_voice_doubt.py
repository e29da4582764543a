"""A connection is believed by its effects: who answers no heartbeat, or is read by nobody, is made anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bot.quiet_client import QuietClient
from emulators.discord import DiscordEmulator

from conductr_bot.voice import HealedVoiceClient
from conductr_bot.voice.link import Link
from conductr_bot.voice.sink import VoiceSink

pytestmark = pytest.mark.anyio


async def linked(quiet: QuietClient, discord: DiscordEmulator) -> tuple[Link, list[tuple[object, int | None]]]:
    ended: list[tuple[object, int | None]] = []

    async def make() -> Link:
        link = Link(VoiceSink(), lambda client, code: ended.append((client, code)))
        await link.connect(quiet.channel(discord.voice_channel))
        return link

    return await quiet.do(make()), ended


async def do(quiet: QuietClient, act: Any) -> Any:
    async def work() -> Any:
        return act()

    return await quiet.do(work())


async def test_a_sound_connection_is_not_doubted(discord: DiscordEmulator, quiet: QuietClient) -> None:
    discord.voice.heartbeat_ms = 100
    link, ended = await linked(quiet, discord)
    await discord.call().until(lambda: sum(said["op"] == 3 for said in discord.call().received) >= 3, "heartbeats")
    await do(quiet, link.pulse)
    assert (link.up, ended) == (True, [])
    await quiet.do(link.hang_up())
    assert (link.up, ended) == (False, [])


async def test_a_connection_that_nobody_reads_is_doubted_although_it_says_it_is_up(
    discord: DiscordEmulator, quiet: QuietClient
) -> None:
    link, ended = await linked(quiet, discord)
    client = link._client
    assert client is not None
    runner = client.connection._runner
    assert runner is not None

    async def kill() -> bool:
        while not runner.done():  # one that is being reconnected swallows a cancellation
            runner.cancel()
            await asyncio.wait([runner], timeout=0.2)
        ended.clear()  # its end was told
        link.pulse()
        return client.link_up

    assert await quiet.do(kill())
    assert ended == [(client, None)]


async def test_heartbeats_that_are_not_answered_are_noticed(discord: DiscordEmulator, quiet: QuietClient) -> None:
    discord.voice.heartbeat_ms = 100
    discord.call().answers_heartbeats = False
    voice: HealedVoiceClient = await quiet.join(HealedVoiceClient)
    await discord.call().until(lambda: sum(said["op"] == 3 for said in discord.call().received) >= 3, "heartbeats")
    assert await do(quiet, lambda: (voice.is_alive(60.0), voice.is_alive(0.2))) == (True, False)


async def test_a_link_in_doubt_tells_who_has_it(discord: DiscordEmulator, quiet: QuietClient) -> None:
    link, ended = await linked(quiet, discord)
    client = link._client
    await do(quiet, link.doubt)
    assert ended == [(client, None)]
    assert client is not None
    assert link.is_of(client)
    await quiet.do(link.hang_up())
    await do(quiet, link.doubt)
    assert len(ended) == 1
