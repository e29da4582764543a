"""GuildHost: plays for the guilds of this process. A room is a guild's player with a place where it is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from logging import getLogger
from math import inf

import anyio
from attrs import define, field

from conductr_player import (
    Jump,
    LinkLost,
    LinkRestored,
    Pacer,
    PacketSink,
    Pause,
    PlaybackState,
    PlayerError,
    Players,
    Previous,
    Resume,
    Seek,
    Session,
    Skip,
    output_for,
    step,
)
from conductr_player.render import Renditions
from conductr_store import Store, StoreError
from conductr_store.faults import faultpoint

from .bus import LocalBus, Now
from .errors import PlayerUnreachable
from .messages import SessionChanged, ToPlayer
from .room import Room, Work, nobody, noter_of, nothing
from .saved import count_play, record, restore, was_carried_out, write
from .sounds import Sounds

log = getLogger(__name__)

TAKEN_WITHIN_S = 5.0  # a player takes a command in a tick; one that does not has crashed
SAVE_EVERY_S = 5.0  # how much of a song a crash may cost
NEEDS_SOUND = Skip | Previous | Jump | Seek | Pause | Resume | LinkLost | LinkRestored


@define(eq=False)
class GuildHost:
    """Owner of every open room. Commands for a guild without a room change its saved queue, or are refused."""

    store: Store
    bus: LocalBus
    players: Players
    pacer: Pacer
    sounds: Sounds
    renditions: Renditions
    _rooms: dict[int, Room] = field(factory=dict)
    # One at a time opens, closes or edits the saved queue of a guild.
    _changing: defaultdict[int, anyio.Lock] = field(factory=lambda: defaultdict(anyio.Lock))

    async def open_room(
        self,
        guild_id: int,
        sink: PacketSink,
        channel_id: int | None = None,
        name: str = "",
        *,
        guild_name: str = "",
        listeners: Callable[[], int] = nobody,
        resume: bool = True,
        on_reconnect: Work = nothing,
    ) -> Room:
        """Let a guild's music be heard at `sink`. With `resume`, what was playing goes on; a person's pause stays.

        `on_reconnect` is called where no packet has left for a while although one should.
        """
        async with self._changing[guild_id]:
            await self._close(guild_id)
            return await self._open(
                guild_id,
                sink,
                channel_id,
                name,
                guild_name=guild_name,
                listeners=listeners,
                resume=resume,
                on_reconnect=on_reconnect,
            )

    async def _open(
        self,
        guild_id: int,
        sink: PacketSink,
        channel_id: int | None,
        name: str,
        *,
        guild_name: str,
        listeners: Callable[[], int],
        resume: bool,
        on_reconnect: Work,
    ) -> Room:
        faultpoint("player.start")
        session, position_s, seq = await restore(self.store, guild_id, guild_name)
        player = self.players.open(
            guild_id,
            lambda report: output_for(self.pacer, sink, self.sounds.open, report, self.renditions),
            self._changes_of(guild_id),
            session=session,
            start_at_s=position_s,
            on_notice=noter_of(guild_id),
            on_reconnect=on_reconnect,
        )
        room = self._rooms[guild_id] = Room(guild_id, channel_id, name, player, seq, listeners)
        if resume:
            player.tell(LinkRestored())
            if session.state is PlaybackState.IDLE and session.queue.upcoming:
                player.tell(Resume())
        return room

    async def close_room(self, guild_id: int) -> None:
        """Fall silent and keep the queue for the next `open_room`. Nothing happens where no room is open."""
        async with self._changing[guild_id]:
            await self._close(guild_id)

    async def _close(self, guild_id: int) -> None:
        room = self._rooms.get(guild_id)
        if room is None:
            return
        await self.players.close(guild_id)  # saves the queue as its last change
        if self._rooms.get(guild_id) is room:
            del self._rooms[guild_id]
        self.bus.publish(SessionChanged(guild_id, room.seq))

    async def crashed(self, guild_id: int, error: Exception) -> None:
        """A guild's player ended on an error: its room is closed and its queue kept; the others play on."""
        log.error("the player of guild %s crashed; its queue is kept", guild_id, exc_info=error)
        if (room := self._rooms.pop(guild_id, None)) is not None:
            self.bus.publish(SessionChanged(guild_id, room.seq))

    async def close(self) -> None:
        """Save and close every room."""
        for guild_id in tuple(self._rooms):
            await self.close_room(guild_id)

    def room(self, guild_id: int) -> Room | None:
        return self._rooms.get(guild_id)

    def moved(self, guild_id: int, channel_id: int, name: str) -> None:
        """The bot was moved to another channel; the music goes on there."""
        if (room := self._rooms.get(guild_id)) is not None:
            room.channel_id, room.name = channel_id, name

    def link(self, guild_id: int, *, up: bool) -> None:
        """The voice connection was lost, or is back. A lost one holds the song where it is."""
        if (room := self._rooms.get(guild_id)) is not None:
            room.player.tell(LinkRestored() if up else LinkLost())

    def look(self, guild_id: int) -> Now | None:
        room = self._rooms.get(guild_id)
        if room is None:
            return None
        return Now(room.player.session, room.player.position_s, room.seq, room.facts())

    async def carry_out(self, message: ToPlayer) -> Session:
        """The session that the command leads to, in the log by then; sound follows within a tick.

        Raises PlayerBusy, PlayerUnreachable, CommandRefused; Stale, where `message.expected` is another version;
        StoreError, where it could not be written down: then it may be heard, but nobody was told that it holds.
        """
        async with self._changing[message.guild_id]:
            room = self._rooms.get(message.guild_id)
            known = message.command_id and await was_carried_out(self.store, message.guild_id, message.command_id)
            if room is None:
                return await self._edit_saved(message, known=bool(known))
            if known:
                return room.player.session
            session = await self._ask(room, message)
            if message.command_id is not None:  # with the player as it is by now: nothing older is saved after it
                player = room.player
                await self._record(message, player.session, player.position_s, room.next_seq())
                room.unrecorded.discard(message.command_id)
        faultpoint("queue.after_ack")
        return session

    async def _ask(self, room: Room, message: ToPlayer) -> Session:
        if message.command_id in room.unrecorded:  # it was taken, and only not written down
            return room.player.session
        if message.command_id is not None:
            room.unrecorded.add(message.command_id)
        try:
            with anyio.move_on_after(TAKEN_WITHIN_S):
                return await room.player.ask(message.command, expected=message.expected)
        except PlayerError:
            room.unrecorded.discard(message.command_id or "")
            raise
        raise PlayerUnreachable(message.guild_id)

    async def _record(self, message: ToPlayer, session: Session, position_s: float, seq: int) -> None:
        faultpoint("queue.before_tx")
        await record(self.store, message, session, position_s, seq)
        faultpoint("queue.after_commit")

    async def run(self) -> None:
        """Save every playing room's position now and then, so that a crash costs seconds of a song, not the song."""
        while True:
            await anyio.sleep(SAVE_EVERY_S)
            for guild_id, room in tuple(self._rooms.items()):
                if room.player.session.state is PlaybackState.PLAYING:
                    await self._save(guild_id, room.player.session, room.player.position_s)

    def _changes_of(self, guild_id: int) -> Callable[[Session, float], Awaitable[None]]:
        async def changed(session: Session, position_s: float) -> None:
            await self._save(guild_id, session, position_s)
            if (room := self._rooms.get(guild_id)) is not None:
                self.bus.publish(SessionChanged(guild_id, room.seq))
                if (song_id := room.newly_heard(session)) is not None:
                    await count_play(self.store, song_id)

        return changed

    async def _edit_saved(self, message: ToPlayer, *, known: bool) -> Session:
        """What can be asked of a queue that nobody hears: all but what is done to the sound. It has no link."""
        if isinstance(message.command, NEEDS_SOUND):
            raise PlayerUnreachable(message.guild_id)
        saved, _, seq = await restore(self.store, message.guild_id, "")
        if known:
            return saved
        unheard, _ = step(saved, LinkLost(), -inf, expected=message.expected)
        session, _ = step(unheard, message.command, -inf)
        if message.command_id is None:
            await write(self.store, message.guild_id, session, session.start_at_s, seq + 1)
        else:
            await self._record(message, session, session.start_at_s, seq + 1)
        self.bus.publish(SessionChanged(message.guild_id, seq + 1))
        return session

    async def _save(self, guild_id: int, session: Session, position_s: float) -> None:
        room = self._rooms.get(guild_id)
        if room is None:
            return
        try:
            await write(self.store, guild_id, session, position_s, room.next_seq())
            faultpoint("player.position_saved")
        except StoreError:
            log.exception("the queue of guild %s could not be saved; it is tried again at the next change", guild_id)
