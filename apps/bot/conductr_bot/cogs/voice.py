"""/join and /leave, and the news that Discord has of our seat."""

from __future__ import annotations

import discord

from conductr import Caller, Conductr, Joined, Left, NotInVoice
from conductr.access import check_may_steer
from conductr_bot.answers import answer
from conductr_bot.caller import caller_of, voice_channel_of
from conductr_bot.voice import Supervisor


class VoiceCommands(discord.Cog):
    def __init__(self, conductr: Conductr, supervisor: Supervisor) -> None:
        self._conductr = conductr
        self._supervisor = supervisor
        self._sessions = 0  # of the gateway; all but the first come after a loss

    @discord.slash_command(description="Call me into your voice channel")
    async def join(self, ctx: discord.ApplicationContext) -> None:
        await answer(ctx, self._join(ctx))

    @discord.slash_command(description="Send me out of the voice channel; the queue is kept")
    async def leave(self, ctx: discord.ApplicationContext) -> None:
        await answer(ctx, self._leave(ctx))

    async def come(self, ctx: discord.ApplicationContext) -> Caller:
        """Sit where the caller sits. Raises NotInVoice, BusyElsewhere, CannotJoin."""
        caller, channel = caller_of(ctx), voice_channel_of(ctx)
        if channel is None:
            raise NotInVoice
        room = self._conductr.host.room(caller.guild_id)
        check_may_steer(caller, room.facts() if room else None)
        await self._supervisor.join(ctx.bot, channel)
        return caller

    async def _join(self, ctx: discord.ApplicationContext) -> Joined:
        caller = await self.come(ctx)
        channel = voice_channel_of(ctx)
        return Joined(channel.name if channel else "", await self._waiting(caller))

    async def _leave(self, ctx: discord.ApplicationContext) -> Left:
        caller = caller_of(ctx)
        room = self._conductr.host.room(caller.guild_id)
        if room is not None:
            check_may_steer(caller, room.facts())
        name = await self._supervisor.leave(caller.guild_id)
        return Left(name, await self._waiting(caller))

    async def _waiting(self, caller: Caller) -> int:
        """Songs in the queue, the current one included."""
        queue = await self._conductr.playback.queue(caller.guild_id)
        return queue.upcoming_count + (queue.current is not None)

    @discord.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        if member == member.guild.me and before.channel != after.channel:
            self._supervisor.look(member.guild.id)

    @discord.Cog.listener()
    async def on_ready(self) -> None:
        self._sessions += 1
        if self._sessions > 1:
            self._supervisor.renew()
