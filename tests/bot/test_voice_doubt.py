"""What the watchdog asks for, where no packet leaves although one should: the voice connection is made anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from bot.quiet_client import QuietClient
from emulators.discord import DiscordEmulator

from conductr.host import GuildHost
from conductr_bot.voice.actor import GuildVoice

pytestmark = pytest.mark.anyio


class HostOfNoMusic:
    """A GuildHost's side of one room, without a player."""

    def __init__(self) -> None:
        self.told: list[bool] = []
        self.on_reconnect: Callable[[], Awaitable[None]] | None = None

    def room(self, guild_id: int) -> object:
        return self.on_reconnect

    async def open_room(self, *room: Any, on_reconnect: Callable[[], Awaitable[None]], **more: Any) -> None:
        self.on_reconnect = on_reconnect

    async def close_room(self, guild_id: int) -> None:
        self.on_reconnect = None

    def link(self, guild_id: int, *, up: bool) -> None:
        self.told.append(up)


async def test_a_connection_in_doubt_is_made_anew(discord: DiscordEmulator, quiet: QuietClient) -> None:
    discord.voice.heartbeat_ms = 250  # each is a look at what has become true meanwhile
    host, call = HostOfNoMusic(), discord.call()

    async def begin() -> asyncio.Task[None]:
        voice = GuildVoice(cast("Any", quiet.client), discord.guild.id, cast("GuildHost", host))
        running = asyncio.create_task(voice.run())
        assert await voice.join(quiet.channel(discord.voice_channel))
        return running

    async def doubt() -> None:
        assert host.on_reconnect is not None
        await host.on_reconnect()

    async def end(running: asyncio.Task[None]) -> None:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    running = await quiet.do(begin())
    await call.connected()
    await quiet.do(doubt())
    await call.until(lambda: len(call.sessions) == 2 and host.told == [False, True], "another connection", 6)
    assert call.sessions[0].key != call.sessions[1].key
    assert discord.errors == []
    await quiet.do(end(running))
