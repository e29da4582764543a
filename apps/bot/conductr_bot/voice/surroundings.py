"""Surroundings: what a guild's voice sees of Discord, of the player and of the settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from logging import getLogger

import discord
from attrs import define, field

from conductr.host import GuildHost
from conductr.seats import Seats
from conductr_player import PlaybackState
from conductr_store import GuildSettings, StoreError

from .news import TellGuild
from .rooms import VocalChannel, channel_of, is_silenced, listeners_in
from .seat_inputs import Facts

log = getLogger(__name__)

SettingsOf = Callable[[int], Awaitable[GuildSettings]]


@define(eq=False)
class Surroundings:
    """`minute_s` is shorter in tests."""

    bot: discord.Bot
    guild_id: int
    host: GuildHost
    seats: Seats
    tell: TellGuild
    settings_of: SettingsOf
    settings: GuildSettings = field(factory=GuildSettings)
    minute_s: float = 60.0
    _heard_by: frozenset[int] = frozenset()
    _bits_per_s: int | None = None

    @property
    def owner(self) -> str:
        """Who plays for this guild: whoever holds its shard, under the same name after a restart."""
        user = self.bot.user
        guild = self.bot.get_guild(self.guild_id)
        shard = guild.shard_id if guild is not None else 0
        return f"bot {user.id if user else 0}, shard {shard} of {self.bot.shard_count or 1}"

    def facts(self, channel_id: int | None) -> Facts:
        """Everything that decides, as it is now."""
        guild = self.bot.get_guild(self.guild_id)
        if guild is None:
            return Facts(None, channel_there=False, member=False)
        seat = channel_of(guild)
        wanted = guild.get_channel(channel_id) if channel_id is not None else None
        sits_in = seat.id if seat is not None else None
        return Facts(
            sits_in,
            channel_there=channel_id is None or seat is not None or isinstance(wanted, VocalChannel),
            reachable=not guild.unavailable,
            listeners=len(listeners_in(guild, sits_in)),
            muted=seat is not None and is_silenced(guild, seat),
            on_stage=isinstance(seat, discord.StageChannel),
            silent=self._is_silent(),
            stay=self.settings.stay,
            returns=self.settings.auto_return,
            idle_s=self.settings.idle_minutes * self.minute_s,
        )

    def listeners(self) -> frozenset[int]:
        guild = self.bot.get_guild(self.guild_id)
        seat = channel_of(guild) if guild is not None else None
        return listeners_in(guild, seat.id if seat is not None else None)

    def tell_room(self, channel_id: int | None) -> None:
        """Who listens now, and what the channel takes: the room counts its votes and tunes its sound anew."""
        heard_by = self.listeners() if channel_id is not None else frozenset[int]()
        if heard_by != self._heard_by:
            self._heard_by = heard_by
            self.host.listeners_changed(self.guild_id, heard_by)
        channel = self.channel(channel_id) if channel_id is not None else None
        if channel is not None and channel.bitrate != self._bits_per_s:
            self._bits_per_s = channel.bitrate
            self.host.moved(self.guild_id, channel.id, channel.name, channel.bitrate)

    def channel(self, channel_id: int) -> VocalChannel | None:
        guild = self.bot.get_guild(self.guild_id)
        found = guild.get_channel(channel_id) if guild is not None else None
        return found if isinstance(found, VocalChannel) else None

    def name_of(self, channel_id: int) -> str:
        channel = self.channel(channel_id)
        return channel.name if channel is not None else ""

    async def read_settings(self) -> None:
        """Those of before hold on where the store is away."""
        try:
            self.settings = await self.settings_of(self.guild_id)
        except StoreError:
            log.warning("guild %s: its settings could not be read", self.guild_id)

    def _is_silent(self) -> bool:
        room = self.host.room(self.guild_id)
        return room is not None and room.player.session.state is PlaybackState.IDLE
