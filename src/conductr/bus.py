"""How rooms hear of each other: commands go to a guild's owner, events go to all. Truth is in the store."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from math import inf
from typing import Protocol

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from attrs import define, field, frozen

from conductr_player import Session

from .access import RoomFacts
from .errors import PlayerUnreachable
from .messages import Event, Tally, ToPlayer, ToVote
from .views import BallotView

BACKLOG = 256  # events a slow subscriber may lag behind before the oldest are dropped


@frozen
class Now:
    """A guild's session at this moment. `room` is None where the bot sits in no channel.

    `arrived_s` is how much of a song that still grows can be heard; None where all of it can.
    """

    session: Session
    position_s: float
    seq: int
    room: RoomFacts | None
    votes: tuple[BallotView, ...] = ()
    arrived_s: float | None = None


class Owner(Protocol):
    """Who plays for the guilds of this process."""

    async def carry_out(self, message: ToPlayer) -> Session: ...
    async def vote(self, vote: ToVote) -> Tally: ...
    def look(self, guild_id: int) -> Now | None: ...


@define(eq=False)
class LocalBus:
    """The bus of one process. Many processes get a bus of their own, with the same verbs."""

    _owner: Owner | None = None
    _subscribers: dict[MemoryObjectSendStream[Event], MemoryObjectReceiveStream[Event]] = field(factory=dict)

    def serve(self, owner: Owner) -> None:
        """From now on `owner` answers every command. Raises RuntimeError where there is one."""
        if self._owner is not None:
            raise RuntimeError("this bus has an owner")
        self._owner = owner

    async def send(self, message: ToPlayer) -> Session:
        """Hand a command to the guild's owner; the session that follows. Raises PlayerUnreachable without an owner."""
        if self._owner is None:
            raise PlayerUnreachable(message.guild_id)
        return await self._owner.carry_out(message)

    async def vote(self, vote: ToVote) -> Tally:
        """Count a listener's voice. Raises PlayerUnreachable without an owner, Stale where that play is over."""
        if self._owner is None:
            raise PlayerUnreachable(vote.guild_id)
        return await self._owner.vote(vote)

    def look(self, guild_id: int) -> Now | None:
        """The live session of a guild that is played for here; None where the saved one is the truth."""
        return None if self._owner is None else self._owner.look(guild_id)

    def publish(self, event: Event) -> None:
        for sender, receiver in tuple(self._subscribers.items()):
            if receiver.statistics().current_buffer_used >= BACKLOG:
                receiver.receive_nowait()  # a slow listener loses the oldest, never holds up the music
            sender.send_nowait(event)

    @asynccontextmanager
    async def subscribe(self) -> AsyncGenerator[AsyncIterator[Event], None]:
        """Events from now on. Who lags more than BACKLOG events behind loses the oldest."""
        sender, receiver = anyio.create_memory_object_stream[Event](inf)  # bounded by publish
        self._subscribers[sender] = receiver
        try:
            yield receiver
        finally:
            del self._subscribers[sender]
            sender.close()
            receiver.close()
