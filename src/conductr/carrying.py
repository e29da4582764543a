"""Carrying: what a room's player is told and what comes of it, written down before anybody is told that it holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from logging import getLogger
from math import inf
from uuid import uuid4

import anyio
from attrs import frozen

from conductr_player import (
    Jump,
    LinkLost,
    LinkRestored,
    Pause,
    PlayerError,
    Previous,
    Resume,
    Seek,
    Session,
    Skip,
    Stale,
    Stop,
    step,
)
from conductr_store import LeaseLost, Store, StoreError
from conductr_store.faults import faultpoint

from .ballots import Motion
from .bus import LocalBus
from .errors import PlayerUnreachable
from .messages import SessionChanged, Tally, ToPlayer, ToVote
from .room import Room
from .saved import count_play, edit, note_listening, record, was_carried_out, write

log = getLogger(__name__)

TAKEN_WITHIN_S = 5.0  # a player takes a command in a tick; one that does not has crashed
NEEDS_SOUND = Skip | Previous | Jump | Seek | Pause | Resume | LinkLost | LinkRestored
ENDS_A_PLAY = Skip | Jump | Stop | Previous


@frozen
class Carrying:
    """For all rooms of a host, which sees to it that one at a time is carried out. `let_go`: the lease is gone.

    `epochs` are of the leases under which guilds were played for here last, by guild.
    """

    store: Store
    bus: LocalBus
    rooms: Mapping[int, Room]
    epochs: Mapping[int, int]
    let_go: Callable[[Room], None]

    async def carry_out(self, message: ToPlayer) -> Session:
        room = self.rooms.get(message.guild_id)
        if room is None:
            session = await self._edit_saved(message)
        elif message.command_id and await was_carried_out(self.store, message.guild_id, message.command_id):
            return room.player.session
        else:
            session = await self._ask(room, message)
            if message.command_id is not None:  # with the player as it is by now: nothing older is saved after it
                await self._record(room, message)
                room.unrecorded.discard(message.command_id)
        faultpoint("queue.after_ack")
        return session

    async def vote(self, vote: ToVote) -> Tally:
        room = self.rooms.get(vote.guild_id)
        if room is None:
            raise PlayerUnreachable(vote.guild_id)
        session = room.player.session
        if vote.play_id != session.play_id:
            raise Stale(session)
        subject = room.ballots.cast(vote)
        withdrawn = not room.ballots.voted(subject, vote.voter_id)
        have, needed = room.ballots.standing(subject, room.count())
        passed = subject in {motion.subject for motion in await self.recount(room)}
        self.bus.publish(SessionChanged(vote.guild_id, room.seq))
        return Tally(have, needed, passed, withdrawn, room.player.session)

    async def recount(self, room: Room) -> tuple[Motion, ...]:
        """Do what enough listeners are for; what that was."""
        passed = room.ballots.take_passed(room.player.session.play_id, room.count())
        for motion in passed:
            message = ToPlayer(room.guild_id, motion.command, command_id=uuid4().hex)
            await self.carry_out(message)
        return passed

    async def settle(self, room: Room) -> None:
        """The guild has set something: its player keeps to it from now on."""
        try:
            async with self.store.begin() as tx:
                room.settings = await tx.guilds.settings(room.guild_id)
            room.tune()
        except (StoreError, PlayerError):
            log.exception("new settings of guild %s are not heard yet", room.guild_id)
        self.bus.publish(SessionChanged(room.guild_id, room.seq))

    def changes_of(self, guild_id: int) -> Callable[[Session, float], Awaitable[None]]:
        async def changed(session: Session, position_s: float) -> None:
            if (room := self.rooms.get(guild_id)) is None:
                return
            await self.save(room, session, position_s)
            self.bus.publish(SessionChanged(guild_id, room.seq))
            if (heard := room.heard_out(session)) is not None:
                await note_listening(self.store, guild_id, heard)
            if (song_id := room.newly_heard(session)) is not None:
                await count_play(self.store, song_id)

        return changed

    async def save(self, room: Room, session: Session, position_s: float) -> None:
        if room.lost:
            return
        try:
            await write(self.store, room.guild_id, session, position_s, room.next_seq(), epoch=room.epoch)
            faultpoint("player.position_saved")
        except LeaseLost:
            log.warning("guild %s is played for by another process now", room.guild_id)
            self.let_go(room)
        except StoreError:
            log.exception("the queue of guild %s could not be saved; tried again at the next change", room.guild_id)

    async def _ask(self, room: Room, message: ToPlayer) -> Session:
        if message.command_id in room.unrecorded:  # it was taken, and only not written down
            return room.player.session
        if message.command_id is not None:
            room.unrecorded.add(message.command_id)
        try:
            with anyio.move_on_after(TAKEN_WITHIN_S):
                session = await room.player.ask(message.command, expected=message.expected)
                if message.command_id is not None and isinstance(message.command, ENDS_A_PLAY):
                    room.passed_over(session)
                return session
        except PlayerError:
            room.unrecorded.discard(message.command_id or "")
            raise
        raise PlayerUnreachable(message.guild_id)

    async def _record(self, room: Room, message: ToPlayer) -> None:
        player = room.player
        faultpoint("queue.before_tx")
        try:
            await record(self.store, message, player.session, player.position_s, room.next_seq(), epoch=room.epoch)
        except LeaseLost:
            self.let_go(room)
            raise
        faultpoint("queue.after_commit")

    async def _edit_saved(self, message: ToPlayer) -> Session:
        """What can be asked of a queue that nobody hears: all but what is done to the sound. It has no link."""
        if isinstance(message.command, NEEDS_SOUND):
            raise PlayerUnreachable(message.guild_id)
        faultpoint("queue.before_tx")
        epoch = self.epochs.get(message.guild_id)
        session, seq = await edit(self.store, message, partial(_unheard, message), epoch=epoch)
        faultpoint("queue.after_commit")
        if seq is not None:
            self.bus.publish(SessionChanged(message.guild_id, seq))
        return session


def _unheard(message: ToPlayer, saved: Session) -> Session:
    """What the command makes of a session without sound. Raises CommandRefused."""
    unlinked, _ = step(saved, LinkLost(), -inf, expected=message.expected)
    session, _ = step(unlinked, message.command, -inf)
    return session
