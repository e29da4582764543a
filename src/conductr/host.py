"""GuildHost: plays for the guilds of this process. A room is a guild's player with a place where it is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from logging import getLogger

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from conductr_player import (
    LinkLost,
    LinkRestored,
    Pacer,
    PacketSink,
    Pause,
    PauseCause,
    PlaybackState,
    PlayerError,
    Players,
    Resume,
    Session,
    output_for,
)
from conductr_player.render import Renditions
from conductr_store import GuildSettings, Store
from conductr_store.faults import faultpoint

from .access import RoomFacts
from .bus import LocalBus, Now
from .carrying import Carrying
from .messages import SessionChanged, SettingsChanged, Tally, ToPlayer, ToVote
from .room import Listening, Room, Work, nobody, noter_of, nothing
from .saved import restore
from .sounds import Sounds

log = getLogger(__name__)

SAVE_EVERY_S = 5.0  # how much of a song a crash may cost


@define(eq=False)
class GuildHost:
    """Owner of every open room. Commands for a guild without a room change its saved queue, or are refused.

    They are refused too where another process has that guild's lease: it is the one that plays.
    """

    store: Store
    bus: LocalBus
    players: Players
    pacer: Pacer
    sounds: Sounds
    renditions: Renditions
    _rooms: dict[int, Room] = field(factory=dict)
    _epochs: dict[int, int] = field(factory=dict)  # of the leases that we were told of last
    # One at a time opens, closes or edits the saved queue of a guild.
    _changing: defaultdict[int, anyio.Lock] = field(factory=lambda: defaultdict(anyio.Lock))
    _background: TaskGroup | None = None
    _carrying: Carrying = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._carrying = Carrying(self.store, self.bus, self._rooms, self._epochs, self._let_go)

    async def open_room(
        self,
        guild_id: int,
        sink: PacketSink,
        channel_id: int | None = None,
        name: str = "",
        *,
        guild_name: str = "",
        listeners: Callable[[], Listening] = nobody,
        resume: bool = True,
        on_reconnect: Work = nothing,
        epoch: int | None = None,
        bits_per_s: int | None = None,
    ) -> Room:
        """Let a guild's music be heard at `sink`. With `resume`, what was playing goes on; a person's pause stays.

        `on_reconnect` is called where no packet has left for a while although one should. `epoch` is of the guild's
        lease, under which its queue is saved; `bits_per_s` is what the channel takes.
        """
        async with self._changing[guild_id]:
            await self._close(guild_id)
            if epoch is not None:
                self._epochs[guild_id] = epoch
            faultpoint("player.start")
            session, position_s, seq, settings = await self._restored(guild_id, guild_name)
            player = self.players.open(
                guild_id,
                lambda report: output_for(self.pacer, sink, self.sounds.open, report, self.renditions),
                self._carrying.changes_of(guild_id),
                session=session,
                start_at_s=position_s,
                on_notice=noter_of(guild_id),
                on_reconnect=on_reconnect,
            )
            room = Room(guild_id, channel_id, name, player, seq, listeners, settings, bits_per_s, epoch)
            self._rooms[guild_id] = room
            room.tune()
            if resume:
                player.tell(LinkRestored())
                if session.state is PlaybackState.IDLE and session.queue.upcoming:
                    player.tell(Resume())
            return room

    async def _restored(self, guild_id: int, guild_name: str) -> tuple[Session, float, int, GuildSettings]:
        session, position_s, seq = await restore(self.store, guild_id, guild_name)
        async with self.store.begin() as tx:
            return session, position_s, seq, await tx.guilds.settings(guild_id)

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

    def rooms(self) -> dict[int, RoomFacts]:
        """Where each guild is heard now, and by whom."""
        return {guild_id: room.facts() for guild_id, room in self._rooms.items()}

    def moved(self, guild_id: int, channel_id: int, name: str, bits_per_s: int | None = None) -> None:
        """The bot was moved to another channel; the music goes on there."""
        if (room := self._rooms.get(guild_id)) is not None:
            room.channel_id, room.name, room.bits_per_s = channel_id, name, bits_per_s or room.bits_per_s
            self._tell(room, room.tune)
            self.bus.publish(SessionChanged(guild_id, room.seq))

    def link(self, guild_id: int, *, up: bool) -> None:
        """The voice connection was lost, or is back. A lost one holds the song where it is."""
        if (room := self._rooms.get(guild_id)) is not None:
            room.player.tell(LinkRestored() if up else LinkLost())

    def hold(self, guild_id: int, cause: PauseCause) -> None:
        """Music rests as long as that cause lasts: nobody listens, or the bot is muted. A person's pause is apart."""
        if (room := self._rooms.get(guild_id)) is not None:
            self._tell(room, lambda: room.player.tell(Pause(cause)))

    def release(self, guild_id: int, cause: PauseCause) -> None:
        """The cause is over; what a person has paused stays so."""
        if (room := self._rooms.get(guild_id)) is not None and cause in room.player.session.paused_by:
            self._tell(room, lambda: room.player.tell(Resume(cause)))

    def listeners_changed(self, guild_id: int, ids: frozenset[int]) -> None:
        """Who hears the room now. A vote may pass by somebody's leaving."""
        room = self._rooms.get(guild_id)
        if room is None:
            return
        room.told_listeners(ids)
        if self._background is not None:
            self._background.start_soon(self._recount, room)
        self.bus.publish(SessionChanged(guild_id, room.seq))

    def look(self, guild_id: int) -> Now | None:
        room = self._rooms.get(guild_id)
        if room is None:
            return None
        session, current = room.player.session, room.player.session.queue.current
        arrived_s = None if current is None else self.sounds.arrived_s(current.track.id)
        votes = room.ballots.views(session.play_id, room.count())
        return Now(session, room.player.position_s, room.seq, room.facts(), votes, arrived_s)

    async def carry_out(self, message: ToPlayer) -> Session:
        """The session that the command leads to, in the log by then; sound follows within a tick.

        Raises PlayerBusy, PlayerUnreachable, CommandRefused; Stale, where `message.expected` is another version;
        StoreError, where it could not be written down: then it may be heard, but nobody was told that it holds.
        """
        async with self._changing[message.guild_id]:
            return await self._carrying.carry_out(message)

    async def vote(self, vote: ToVote) -> Tally:
        """Count a listener's voice, and do what was voted on where it is enough. Raises as `carry_out`."""
        async with self._changing[vote.guild_id]:
            return await self._carrying.vote(vote)

    async def run(self) -> None:
        """Save every playing room's position now and then, so that a crash costs seconds of a song, not the song.

        Also hear of settings that have changed.
        """
        async with anyio.create_task_group() as background, self.bus.subscribe() as events:
            self._background = background
            background.start_soon(self._save_positions)
            async for event in events:
                if isinstance(event, SettingsChanged) and (room := self._rooms.get(event.guild_id)) is not None:
                    await self._carrying.settle(room)

    async def _save_positions(self) -> None:
        while True:
            await anyio.sleep(SAVE_EVERY_S)
            for room in tuple(self._rooms.values()):
                if room.player.session.state is PlaybackState.PLAYING:
                    await self._carrying.save(room, room.player.session, room.player.position_s)

    async def _recount(self, room: Room) -> None:
        try:
            async with self._changing[room.guild_id]:
                await self._carrying.recount(room)
        except Exception:  # a fire wall: the other rooms play on
            log.exception("what was voted on in guild %s could not be done", room.guild_id)

    def _let_go(self, room: Room) -> None:
        """Another process plays for the guild: our room falls silent, and saves nothing any more."""
        room.lost = True
        if self._background is not None and self._rooms.get(room.guild_id) is room:
            self._background.start_soon(self.close_room, room.guild_id)

    def _tell(self, room: Room, tell: Callable[[], None]) -> None:
        try:
            tell()
        except PlayerError:
            log.warning("the player of guild %s is too busy to be told", room.guild_id)
