"""Who asks, from Discord's side: an interaction becomes a Caller, and a place to answer at."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

import discord
from attrs import asdict, field, frozen

from conductr import Caller
from conductr_bot.voice.rooms import VocalChannel

TOKEN_LIFE_S = 14.5 * 60  # of an interaction's token; Discord says 15 minutes (discord.md 6)


@frozen
class Address:
    """Where one answer is kept up to date: by the interaction's token while it lives, as the bot after that."""

    application_id: int
    token: str = field(repr=False)
    until: float  # seconds since 1970
    channel_id: int
    message_id: int | None
    user_id: int

    def to_plain(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> Address | None:
        """None for an address of another medium, or of another version of this one."""
        try:
            return cls(**cast("dict[str, Any]", dict(plain)))
        except TypeError:
            return None


def caller_of(ctx: discord.ApplicationContext) -> Caller:
    """Commands are registered for servers only, so there is a guild and a member."""
    channel = voice_channel_of(ctx)
    return Caller(
        user_id=ctx.author.id,
        name=ctx.author.display_name,
        guild_id=ctx.guild_id or 0,
        guild_name=ctx.guild.name if ctx.guild else "",
        voice_channel_id=channel.id if channel else None,
    )


def voice_channel_of(ctx: discord.ApplicationContext) -> VocalChannel | None:
    """Where the caller sits, by the gateway's word; None also where the bot was not told."""
    voice = ctx.author.voice if isinstance(ctx.author, discord.Member) else None
    channel = voice.channel if voice else None
    return channel if isinstance(channel, VocalChannel) else None


async def address_of(ctx: discord.ApplicationContext) -> Address:
    """Of an interaction that was answered or deferred already."""
    original = await ctx.interaction.original_response()
    return Address(
        application_id=ctx.interaction.application_id,
        token=ctx.interaction.token,
        until=time.time() + TOKEN_LIFE_S,
        channel_id=ctx.channel_id or 0,
        message_id=original.id,
        user_id=ctx.author.id,
    )
