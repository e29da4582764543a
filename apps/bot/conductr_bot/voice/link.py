"""Link: a guild's connection to Discord's voice, made, moved and given up. Verified by effect, not by what returned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from logging import getLogger

import aiohttp
import anyio
import discord

from conductr_bot.errors import VoiceRefused, VoiceUnanswered

from .client import HealedVoiceClient
from .closing import After, what_follows
from .rooms import VocalChannel
from .sink import VoiceSink

log = getLogger(__name__)

JOIN_TIMEOUT_S = 10.0
LEAVE_TIMEOUT_S = 3.0  # for Discord's word that we are out


class Link:
    """`on_end` is told of a connection that ended by itself, with its close code; not of one that was given up."""

    def __init__(self, sink: VoiceSink, on_end: Callable[[HealedVoiceClient, int | None], None]) -> None:
        self._sink = sink
        self._tell_end = on_end
        self._client: HealedVoiceClient | None = None

    @property
    def up(self) -> bool:
        return self._client is not None and self._client.link_up

    def is_of(self, client: HealedVoiceClient) -> bool:
        """Whether news of that client are of this link as it is now."""
        return client is self._client

    def is_known_to(self, bot: discord.Bot) -> bool:
        """False where py-cord has forgotten it, with its gateway session. True where there is no connection."""
        return self._client is None or self._client in bot.voice_clients

    def doubt(self) -> None:
        """Take the connection for one that ended, where there is one."""
        if self._client is not None:
            self._on_end(self._client, None)

    def pulse(self) -> None:
        """Doubt a connection that says it is up, and whose voice gateway is no longer read or does not answer."""
        client = self._client
        if client is not None and client.link_up and not client.is_alive():
            log.warning("guild %s: voice says that it is up, and is not", client.guild.id)
            self.doubt()

    def _on_end(self, client: HealedVoiceClient, close_code: int | None) -> None:
        if client is self._client:
            self._tell_end(client, close_code)

    async def connect(self, channel: VocalChannel) -> None:
        """A connection in that channel, moved or new. Raises VoiceUnanswered, VoiceRefused; then we sit nowhere."""
        try:
            async with asyncio.timeout(JOIN_TIMEOUT_S + 1):  # py-cord's own, twice, where Discord says nothing
                await self._move_or_begin(channel)
        except (TimeoutError, OSError, aiohttp.ClientError, discord.DiscordException) as error:
            await self.hang_up()
            code = error.code if isinstance(error, discord.ConnectionClosed) else None
            log.warning("guild %s: no voice in channel %s: %r", channel.guild.id, channel.id, error)
            later = what_follows(code) in (After.FRESH, After.LOOK)
            raise (VoiceUnanswered if later else VoiceRefused)(channel.name) from error
        if not self.up:  # py-cord may come back from connect without having connected (discord.md 1.5)
            await self.hang_up()
            raise VoiceUnanswered(channel.name)
        self._sink.link = self._client

    async def hang_up(self) -> None:
        """Leave, and wait a little for Discord's word of it."""
        client = self._let_go()
        if client is not None:
            with anyio.move_on_after(LEAVE_TIMEOUT_S) as leaving:
                await client.disconnect(force=True)
            if leaving.cancelled_caught:  # py-cord may have to wait for its turn to say so, as when many leave at once
                await client.abandon()
            client.cleanup()

    async def abandon(self) -> None:
        """Drop what a new gateway session knows nothing of."""
        client = self._let_go()
        if client is not None:
            await client.abandon()

    def _let_go(self) -> HealedVoiceClient | None:
        client, self._client, self._sink.link = self._client, None, None
        return client

    async def _move_or_begin(self, channel: VocalChannel) -> None:
        if self.up and self._client is not None:
            await self._client.move_to(channel, timeout=JOIN_TIMEOUT_S)
            if self.up and self._client.channel.id == channel.id:
                return
        await self.hang_up()
        await channel.connect(timeout=JOIN_TIMEOUT_S, reconnect=False, cls=self._new_client)

    def _new_client(self, client: discord.Client, channel: discord.abc.Connectable) -> HealedVoiceClient:
        self._client = HealedVoiceClient(client, channel, self._on_end)
        return self._client
