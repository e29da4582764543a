"""Looking before joining: what Discord would answer with silence is found out and said in words."""

from __future__ import annotations

from logging import getLogger

import discord

from conductr_bot.errors import ChannelFull, MissingPermissions

from .news import VoiceNews

log = getLogger(__name__)

VocalChannel = discord.VoiceChannel | discord.StageChannel

NEEDED = ("view_channel", "connect", "speak")
ON_STAGE = ("view_channel", "connect")  # one asks to speak there


def check_can_join(channel: VocalChannel) -> None:
    """Raises MissingPermissions or ChannelFull: Discord ignores such a join without a word (discord.md 1.5)."""
    allowed = channel.permissions_for(channel.guild.me)
    needed = ON_STAGE if isinstance(channel, discord.StageChannel) else NEEDED
    if missing := tuple(name for name in needed if not getattr(allowed, name)):
        raise MissingPermissions(channel.name, missing)
    others = [user_id for user_id in channel.voice_states if user_id != channel.guild.me.id]
    if 0 < channel.user_limit <= len(others) and not allowed.move_members:
        raise ChannelFull(channel.name, channel.user_limit)


def listeners_in(guild: discord.Guild | None, channel_id: int | None) -> frozenset[int]:
    """People in the channel who can hear: no bots, nobody who is deafened. Looked up anew each time.

    py-cord makes new objects at a new gateway session.
    """
    channel = guild.get_channel(channel_id) if guild is not None and channel_id is not None else None
    if guild is None or not isinstance(channel, VocalChannel):
        return frozenset()
    states = channel.voice_states.items()
    hearing = (user_id for user_id, state in states if not (state.deaf or state.self_deaf))
    members = ((user_id, guild.get_member(user_id)) for user_id in hearing if user_id != guild.me.id)
    return frozenset(user_id for user_id, member in members if member is None or not member.bot)


def channel_of(guild: discord.Guild) -> VocalChannel | None:
    """Where Discord says that the bot sits."""
    voice = guild.me.voice
    channel = voice.channel if voice else None
    return channel if isinstance(channel, VocalChannel) else None


def is_silenced(guild: discord.Guild, channel: VocalChannel) -> bool:
    """Nobody would hear us there: muted by a moderator, in the audience of a stage, or without the right to speak."""
    voice = guild.me.voice
    if voice is not None and (voice.mute or voice.suppress):
        return True
    may = channel.permissions_for(guild.me)  # who may not connect may nothing, says py-cord; who sits there speaks on
    return not isinstance(channel, discord.StageChannel) and may.connect and not may.speak


async def ask_to_speak(channel: discord.StageChannel) -> VoiceNews | None:
    """Take the stage where we may (None), else raise a hand. Where neither is granted, we sit there in silence."""
    me = channel.guild.me
    try:
        await me.edit(suppress=False)
    except discord.HTTPException as refused:
        log.info("guild %s: not on the stage by ourselves: %s", channel.guild.id, refused)
    else:
        return None
    try:
        await me.request_to_speak()
    except discord.HTTPException as refused:
        log.info("guild %s: no hand raised: %s", channel.guild.id, refused)
        return VoiceNews.NO_STAGE
    return VoiceNews.HAND_RAISED
