"""Hands: what a guild's seat has decided, done to connection, player and store."""

from __future__ import annotations

from collections.abc import Callable
from logging import getLogger

import discord

from conductr_bot.errors import BotError, MissingPermissions, VoiceRefused, VoiceUnanswered
from conductr_store import StoreError

from . import seat_inputs as i
from .client import HealedVoiceClient
from .closing import After, what_follows
from .link import Link
from .news import VoiceNews
from .rooms import VocalChannel, ask_to_speak, check_can_join
from .sink import VoiceSink
from .surroundings import Surroundings

log = getLogger(__name__)


class Hands:
    """In one task at a time."""

    def __init__(self, around: Surroundings, on_end: Callable[[HealedVoiceClient, int | None], None]) -> None:
        self._around = around
        self.sink = VoiceSink()
        self.link = Link(self.sink, on_end)

    async def do(self, effect: i.Effect) -> i.Input | None:
        """What came of it, where the seat waits for that. What fails unforeseen is logged: the rest is done."""
        try:
            return await self._do(effect)
        except Exception:
            log.exception("guild %s: %s failed", self._around.guild_id, effect)
            return i.Failed(i.Hindrance.UNANSWERED) if isinstance(effect, i.Connect) else None

    async def sound_in(self, channel: VocalChannel) -> None:
        """Let the guild's music be heard there, over the link. Raises VoiceUnanswered, StoreError, PlayerError."""
        around, guild_id = self._around, self._around.guild_id
        epoch = await around.seats.take(guild_id, channel.guild.name, channel.id, around.owner)
        if epoch is None:
            log.warning("guild %s: another process plays for it", guild_id)
            raise VoiceUnanswered(channel.name)
        room = around.host.room(guild_id)
        if room is not None and room.epoch == epoch:
            around.host.moved(guild_id, channel.id, channel.name, channel.bitrate)
            around.host.link(guild_id, up=True)
            return
        await around.host.open_room(
            guild_id,
            self.sink,
            channel.id,
            channel.name,
            guild_name=channel.guild.name,
            listeners=around.listeners,
            on_reconnect=self._doubt,
            epoch=epoch,
            bits_per_s=channel.bitrate,
        )

    async def drain(self) -> None:
        """At the end of the process: the place in the song is saved, Discord is told, the seat is kept."""
        guild_id = self._around.guild_id
        await self._around.host.close_room(guild_id)
        await self.link.hang_up()
        try:
            await self._around.seats.let_go(guild_id)
        except StoreError:
            log.warning("guild %s: its lease is left to run out", guild_id)

    async def _do(self, effect: i.Effect) -> i.Input | None:
        match effect:
            case i.Connect(channel_id):
                return await self._connect(channel_id)
            case i.AskToSpeak():
                return i.Asked(await self._ask_to_speak())
            case i.Tell(news):
                await self._around.tell(self._around.guild_id, news)
            case i.HangUp() | i.Abandon() | i.Part():
                await self._end(effect)
            case _:
                await self._tell_host(effect)
        return None

    async def _connect(self, channel_id: int) -> i.Input:
        channel = self._around.channel(channel_id)
        if channel is None:
            return i.Failed(i.Hindrance.UNANSWERED)
        try:
            check_can_join(channel)
            await self.link.connect(channel)
            await self.sound_in(channel)
        except BotError as error:
            log.warning("guild %s: not back in voice: %r", channel.guild.id, error)
            await self.link.hang_up()
            return i.Failed(_hindrance(error))
        except StoreError:
            log.warning("guild %s: not back in voice: the store is away", channel.guild.id)
            await self.link.hang_up()
            return i.Failed(i.Hindrance.UNANSWERED)
        return i.Connected()

    async def _end(self, effect: i.HangUp | i.Abandon | i.Part) -> None:
        guild_id = self._around.guild_id
        match effect:
            case i.HangUp():
                await self.link.hang_up()
            case i.Abandon():
                await self.link.abandon()
            case i.Part():
                log.info("guild %s: leaving voice; the queue is kept", guild_id)
                await self._around.host.close_room(guild_id)
                await self.link.hang_up()
                await self._around.seats.rise(guild_id)

    async def _tell_host(self, effect: i.LinkIs | i.Hold | i.Release | i.Moved) -> None:
        host, guild_id = self._around.host, self._around.guild_id
        match effect:
            case i.LinkIs(up):
                host.link(guild_id, up=up)
            case i.Hold(cause):
                host.hold(guild_id, cause)
            case i.Release(cause):
                host.release(guild_id, cause)
            case i.Moved(channel_id):
                channel = self._around.channel(channel_id)
                if channel is not None:
                    host.moved(guild_id, channel_id, channel.name, channel.bitrate)
                    await self._around.seats.move(guild_id, channel_id)

    async def _ask_to_speak(self) -> VoiceNews | None:
        guild = self._around.bot.get_guild(self._around.guild_id)
        voice = guild.me.voice if guild is not None else None
        channel = voice.channel if voice is not None else None
        return await ask_to_speak(channel) if isinstance(channel, discord.StageChannel) else None

    async def _doubt(self) -> None:
        """No packet leaves although one should: whatever the connection says of itself, it is made anew."""
        self.link.doubt()


def _hindrance(error: BotError) -> i.Hindrance:
    if isinstance(error, MissingPermissions):
        return i.Hindrance.FORBIDDEN
    if not isinstance(error, VoiceRefused):
        return i.Hindrance.UNANSWERED
    cause = error.__cause__
    code = cause.code if isinstance(cause, discord.ConnectionClosed) else None
    return i.Hindrance.NO_DAVE if what_follows(code) is After.NO_DAVE else i.Hindrance.REFUSED
