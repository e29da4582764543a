"""Forgetting: a role or a channel that was deleted is no longer set anywhere."""

from __future__ import annotations

from logging import getLogger

import discord

from conductr import Conductr
from conductr_store import StoreError

log = getLogger(__name__)


class Forgetting(discord.Cog):
    def __init__(self, conductr: Conductr) -> None:
        self._conductr = conductr

    @discord.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        try:
            await self._conductr.preferences.gone(role.guild.id, role_id=role.id)
        except StoreError:
            log.exception("guild %s: a deleted role is still set", role.guild.id)

    @discord.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        try:
            await self._conductr.preferences.gone(channel.guild.id, channel_id=channel.id)
        except StoreError:
            log.exception("guild %s: a deleted channel is still set", channel.guild.id)
