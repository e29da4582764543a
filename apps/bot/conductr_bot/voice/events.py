"""VoiceEvents: what Discord says by itself that may matter to a guild's voice. Each is only a reason to look."""

from __future__ import annotations

import discord
from discord.abc import GuildChannel

from .supervisor import Supervisor


class VoiceEvents(discord.Cog):
    def __init__(self, bot: discord.Bot, supervisor: Supervisor) -> None:
        self._bot = bot
        self._supervisor = supervisor

    @discord.Cog.listener()
    async def on_ready(self) -> None:
        self._supervisor.ready(self._bot)

    @discord.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, _before: discord.VoiceState, _after: discord.VoiceState
    ) -> None:
        self._supervisor.look(member.guild.id)

    @discord.Cog.listener()
    async def on_guild_channel_update(self, _before: GuildChannel, after: GuildChannel) -> None:
        self._supervisor.look(after.guild.id)

    @discord.Cog.listener()
    async def on_guild_channel_delete(self, channel: GuildChannel) -> None:
        self._supervisor.look(channel.guild.id)

    @discord.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        self._supervisor.look(after.guild.id)

    @discord.Cog.listener()
    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        self._supervisor.look(after.guild.id)

    @discord.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._supervisor.look(guild.id)

    @discord.Cog.listener()
    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self._supervisor.look(guild.id)

    @discord.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._supervisor.look(guild.id)

    @discord.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._supervisor.look(guild.id)
