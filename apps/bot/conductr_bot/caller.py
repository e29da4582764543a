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
    locale: str | None = None  # of who asked; None in rows of an older version

    def to_plain(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> Address | None:
        """None for an address of another medium, or of another version of this one."""
        try:
            return cls(**cast("dict[str, Any]", dict(plain)))
        except TypeError:
            return None


def caller_of(interaction: discord.Interaction) -> Caller:
    """Commands are registered for servers only, so there is a guild and a member."""
    member = interaction.user if isinstance(interaction.user, discord.Member) else None
    channel = voice_channel_of(interaction)
    voice = member.voice if member else None
    return Caller(
        user_id=interaction.user.id if interaction.user else 0,
        name=interaction.user.display_name if interaction.user else "",
        guild_id=interaction.guild_id or 0,
        guild_name=interaction.guild.name if interaction.guild else "",
        voice_channel_id=channel.id if channel else None,
        role_ids=frozenset(role.id for role in member.roles) if member else frozenset(),
        manages=interaction.permissions.manage_guild,
        deafened=bool(voice and (voice.self_deaf or voice.deaf)),
        locale=interaction.locale,
    )


def voice_channel_of(interaction: discord.Interaction) -> VocalChannel | None:
    """Where the caller sits, by the gateway's word; None also where the bot was not told."""
    voice = interaction.user.voice if isinstance(interaction.user, discord.Member) else None
    channel = voice.channel if voice else None
    return channel if isinstance(channel, VocalChannel) else None


async def address_of(interaction: discord.Interaction, locale: str | None = None) -> Address:
    """Of an interaction that was answered or deferred already."""
    original = await interaction.original_response()
    return Address(
        application_id=interaction.application_id,
        token=interaction.token,
        until=time.time() + TOKEN_LIFE_S,
        channel_id=interaction.channel_id or 0,
        message_id=original.id,
        user_id=interaction.user.id if interaction.user else 0,
        locale=locale,
    )
