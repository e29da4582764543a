"""/join and /leave, and coming along where a command needs sound."""

from __future__ import annotations

from typing import cast

import discord
from attrs import frozen

from conductr import Caller, Conductr, NotInVoice
from conductr.access import RoomFacts, check_may_steer
from conductr.outcomes import Joined, Left
from conductr.rights import Deed, NotAllowed, Right, VoteNeeded, decide
from conductr_bot.asked import Asked, Said
from conductr_bot.caller import voice_channel_of
from conductr_bot.voice import Supervisor


@frozen(eq=False)
class VoiceCommands:
    conductr: Conductr
    supervisor: Supervisor

    async def join(self, asked: Asked) -> Said:
        caller = await self.come(asked)
        channel = voice_channel_of(asked.interaction)
        return Joined(channel.name if channel else "", await self._waiting(caller))

    async def leave(self, asked: Asked) -> Said:
        caller = asked.caller
        room = self.conductr.host.room(caller.guild_id)
        if room is not None:
            await self._check_may_end(caller, room.facts())
        name = await self.supervisor.leave(caller.guild_id)
        return Left(name, await self._waiting(caller))

    async def come(self, asked: Asked) -> Caller:
        """Sit where the caller sits. Raises NotInVoice, BusyElsewhere, CannotJoin."""
        caller, channel = asked.caller, voice_channel_of(asked.interaction)
        if channel is None:
            raise NotInVoice
        room = self.conductr.host.room(caller.guild_id)
        check_may_steer(caller, room.facts() if room else None)
        await self.supervisor.join(cast("discord.Bot", asked.interaction.client), channel)
        return caller

    async def _check_may_end(self, caller: Caller, room: RoomFacts) -> None:
        """Sending the bot out is a DJ's, where there is one. It is not voted on: /stop and /skip are."""
        settings = await self.conductr.preferences.of(caller.guild_id)
        if isinstance(decide(Deed.LEAVE, caller, room, settings), VoteNeeded):
            raise NotAllowed(Deed.LEAVE, Right.DJ, ("dj", "manage_server"), settings.dj_role_id)

    async def _waiting(self, caller: Caller) -> int:
        """Songs in the queue, the current one included."""
        queue = await self.conductr.playback.queue(caller.guild_id)
        return queue.upcoming_count + (queue.current is not None)
