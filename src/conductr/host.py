"""GuildHost: plays for the guilds of this process. A room is a guild's player with a place where it is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from logging import getLogger
from math import inf

import anyio
from attrs import define, evolve, field

from conductr_player import (
    Clear,
    Describe,
    Enqueue,
    GuildPlayer,
    LinkLost,
    LinkRestored,
    Pacer,
    PacketSink,
    PlaybackState,
    Players,
    Remove,
    Resume,
    Session,
    Stop,
    VoiceOutput,
    from_plain,
    step,
    to_plain,
)
from conductr_store import Guild, NotFound, QueueSnapshot, Store, StoreError, UnitOfWork

from .access import RoomFacts
from .bus import LocalBus, Now
from .errors import PlayerUnreachable
from .messages import SessionChanged, ToPlayer
from .sounds import Sounds

log = getLogger(__name__)

TAKEN_WITHIN_S = 5.0  # a player takes a command in a tick; one that does not has crashed
SAVE_EVERY_S = 5.0  # how much of a song a crash may cost


@define(eq=False)
class Room:
    """A guild's player and where it is heard. `listeners` counts people besides the bot; it is asked when needed."""

    guild_id: int
    channel_id: int | None
    name: str
    player: GuildPlayer
    seq: int
    listeners: Callable[[], int]

    def facts(self) -> RoomFacts:
        return RoomFacts(self.channel_id, self.name, self.listeners())


def _nobody() -> int:
    return 0


@define(eq=False)
class GuildHost:
    """Owner of every open room. Commands for a guild without a room change its saved queue, or are refused."""

    store: Store
    bus: LocalBus
    players: Players
    pacer: Pacer
    sounds: Sounds
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
        listeners: Callable[[], int] = _nobody,
        resume: bool = True,
    ) -> Room:
        """Let a guild's music be heard at `sink`. Its saved queue comes back and, with `resume`, goes on playing."""
        async with self._changing[guild_id]:
            await self._close(guild_id)
            return await self._open(
                guild_id, sink, channel_id, name, guild_name=guild_name, listeners=listeners, resume=resume
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
    ) -> Room:
        session, position_s, seq = await self._restore(guild_id, guild_name)
        player = self.players.open(
            guild_id,
            lambda report: VoiceOutput(self.pacer, sink, self.sounds.open, report),
            self._changes_of(guild_id),
            session=session,
            start_at_s=position_s,
        )
        room = self._rooms[guild_id] = Room(guild_id, channel_id, name, player, seq, listeners)
        if resume and (session.queue.current or session.queue.upcoming):
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
        """The session that the command leads to; sound follows within a tick. Raises PlayerBusy, PlayerUnreachable."""
        async with self._changing[message.guild_id]:
            room = self._rooms.get(message.guild_id)
            if room is None:
                return await self._edit_saved(message)
        with anyio.move_on_after(TAKEN_WITHIN_S):
            return await room.player.ask(message.command)
        raise PlayerUnreachable(message.guild_id)

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

        return changed

    async def _edit_saved(self, message: ToPlayer) -> Session:
        """What can be asked of a queue that nobody hears: to grow, shrink, and learn a song's length."""
        session, position_s, seq = await self._restore(message.guild_id, "")
        match message.command:
            case Enqueue(entries, next_up):
                session = evolve(session, queue=session.queue.add(*entries, next_up=next_up))
            case Describe() | Remove() | Clear() | Stop():
                session, _ = step(session, message.command, -inf)
            case _:
                raise PlayerUnreachable(message.guild_id)
        await self._write(message.guild_id, session, position_s, seq + 1)
        self.bus.publish(SessionChanged(message.guild_id, seq + 1))
        return session

    async def _restore(self, guild_id: int, guild_name: str) -> tuple[Session, float, int]:
        async with self.store.begin() as tx:
            await _know_guild(tx, guild_id, guild_name)
            saved = await tx.queues.load(guild_id)
        if saved is None:
            return Session(), 0.0, 0
        session, position_s = from_plain(dict(saved.session))
        return session, position_s, saved.seq

    async def _save(self, guild_id: int, session: Session, position_s: float) -> None:
        room = self._rooms.get(guild_id)
        if room is None:
            return
        room.seq += 1
        try:
            await self._write(guild_id, session, position_s, room.seq)
        except StoreError:
            log.exception("the queue of guild %s could not be saved; it is tried again at the next change", guild_id)

    async def _write(self, guild_id: int, session: Session, position_s: float, seq: int) -> None:
        async with self.store.begin() as tx:
            await tx.queues.save(QueueSnapshot(guild_id, seq, position_s, to_plain(session, position_s)))


async def _know_guild(tx: UnitOfWork, guild_id: int, name: str) -> None:
    """A guild's row stands before anything that points at it."""
    try:
        known = await tx.guilds.get(guild_id)
    except NotFound:
        known = None
    if known is None or (name and known.name != name):
        await tx.guilds.put(Guild(guild_id, name or (known.name if known else "")))
