"""Looking before joining: what Discord would answer with silence is found out and said in words."""

from __future__ import annotations

from logging import getLogger

import discord

from conductr_bot.errors import ChannelFull, MissingPermissions

log = getLogger(__name__)

VocalChannel = discord.VoiceChannel | discord.StageChannel

_NEEDED = {"view_channel": "see it", "connect": "connect", "speak": "speak"}
_ON_STAGE = {"view_channel": "see it", "connect": "connect"}  # one asks to speak there


def check_can_join(channel: VocalChannel) -> None:
    """Raises MissingPermissions or ChannelFull: Discord ignores such a join without a word (discord.md 1.5)."""
    allowed = channel.permissions_for(channel.guild.me)
    needed = _ON_STAGE if isinstance(channel, discord.StageChannel) else _NEEDED
    if missing := tuple(words for name, words in needed.items() if not getattr(allowed, name)):
        raise MissingPermissions(channel.name, missing)
    others = [user_id for user_id in channel.voice_states if user_id != channel.guild.me.id]
    if 0 < channel.user_limit <= len(others) and not allowed.move_members:
        raise ChannelFull(channel.name, channel.user_limit)


def listeners_in(guild: discord.Guild | None, channel: VocalChannel | None) -> int:
    """People in the channel besides bots. Looked up anew: py-cord makes new objects at a new gateway session."""
    channel_now = guild.get_channel(channel.id) if guild and channel else None
    if guild is None or not isinstance(channel_now, VocalChannel):
        return 0
    members = (guild.get_member(user_id) for user_id in channel_now.voice_states if user_id != guild.me.id)
    return sum(member is None or not member.bot for member in members)


def channel_of(guild: discord.Guild) -> VocalChannel | None:
    """Where Discord says that the bot sits."""
    voice = guild.me.voice
    channel = voice.channel if voice else None
    return channel if isinstance(channel, VocalChannel) else None


async def ask_to_speak(channel: discord.StageChannel) -> None:
    """Take the stage where we may, else raise a hand. Where neither is granted, we sit there in silence."""
    me = channel.guild.me
    try:
        try:
            await me.edit(suppress=False)
        except discord.Forbidden:
            await me.request_to_speak()
    except discord.HTTPException as error:
        log.warning("guild %s: no word on the stage: %s", channel.guild.id, error)
