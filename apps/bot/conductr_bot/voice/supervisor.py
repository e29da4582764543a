"""Supervisor: which guilds we have a voice in, and one actor for each."""

from __future__ import annotations

import anyio
import discord
from anyio.abc import TaskGroup

from conductr.host import GuildHost
from conductr_bot.errors import NotConnected

from .actor import GuildVoice
from .rooms import VocalChannel


class Supervisor:
    """Its own registry: py-cord forgets its voice clients at a new gateway session (discord.md 1.6, B7)."""

    def __init__(self, host: GuildHost) -> None:
        self._host = host
        self._actors: dict[int, GuildVoice] = {}
        self._tasks: TaskGroup | None = None

    async def run(self) -> None:
        """Until cancelled; then every channel is left."""
        try:
            async with anyio.create_task_group() as self._tasks:
                await anyio.sleep_forever()
        finally:
            self._tasks = None

    async def join(self, bot: discord.Bot, channel: VocalChannel) -> bool:
        """Sit in that channel, and let its music be heard. False where we are there already. Raises CannotJoin."""
        return await self._actor(bot, channel.guild.id).join(channel)

    async def leave(self, guild_id: int) -> str:
        """Leave, and keep the queue. Returns the channel's name. Raises NotConnected."""
        actor = self._actors.get(guild_id)
        if actor is None:
            raise NotConnected
        return await actor.leave()

    def look(self, guild_id: int) -> None:
        """Discord says that the bot sits elsewhere now."""
        if (actor := self._actors.get(guild_id)) is not None:
            actor.look()

    def renew(self) -> None:
        """The gateway's session is a new one."""
        for actor in self._actors.values():
            actor.renew()

    def _actor(self, bot: discord.Bot, guild_id: int) -> GuildVoice:
        if self._tasks is None:
            raise RuntimeError("the supervisor does not run")
        actor = self._actors.get(guild_id)
        if actor is None:
            actor = self._actors[guild_id] = GuildVoice(bot, guild_id, self._host)
            self._tasks.start_soon(actor.run)
        return actor
