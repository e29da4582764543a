"""Playback: what members ask of a guild's player. Decides from the session as it stands, then sends one command."""

from __future__ import annotations

from uuid import uuid4

from attrs import frozen

from conductr_player import (
    Command,
    Enqueue,
    Entry,
    EntryId,
    Pause,
    PauseCause,
    PlaybackState,
    Resume,
    Session,
    Skip,
    Stop,
    Track,
    TrackId,
    UserId,
    from_plain,
)
from conductr_store import NotFound, Song, SongState, Store, User

from .access import Caller, check_may_steer
from .bus import LocalBus, Now
from .catalog import queue_view
from .errors import AlreadyPaused, NothingPlaying, NothingToPlay, SongNotReady, UnknownSong
from .messages import ToPlayer
from .outcomes import Paused, Queued, Resumed, Skipped, StillPlaying, Stopped
from .views import QueueView

SKIP_LIMIT = 100  # songs in one skip


@frozen
class Playback:
    store: Store
    bus: LocalBus

    async def queue(self, guild_id: int) -> QueueView:
        """What plays and what waits: live where this process plays for the guild, else as it was last saved."""
        return await self._view(guild_id, await self._now(guild_id))

    async def play(self, caller: Caller, song_id: str | None = None) -> Queued | Resumed | StillPlaying:
        """Play a song of the library, or go on. Raises NotInVoice, UnknownSong, SongNotReady, NothingToPlay."""
        now = await self._steer(caller)
        if song_id is not None:
            return await self._play_song(caller, song_id)
        session = now.session
        if session.state in (PlaybackState.PLAYING, PlaybackState.LOADING):
            return StillPlaying(await self._view(caller.guild_id, now))
        if session.queue.current is None and not session.queue.upcoming:
            raise NothingToPlay
        return Resumed(await self._send(caller.guild_id, Resume()))

    async def pause(self, caller: Caller) -> Paused:
        """Raises NotInVoice, AlreadyPaused, NothingPlaying, PlayerBusy."""
        session = (await self._steer(caller)).session
        if PauseCause.USER in session.paused_by:
            raise AlreadyPaused
        if session.state is PlaybackState.IDLE:
            raise NothingPlaying
        return Paused(await self._send(caller.guild_id, Pause()))

    async def skip(self, caller: Caller, count: int = 1) -> Skipped:
        """Skip the current song and `count` - 1 of those that wait. Raises NotInVoice, NothingPlaying, PlayerBusy."""
        session = (await self._steer(caller)).session
        passed = session.queue.current
        if session.state is PlaybackState.WAITING:
            passed = session.queue.upcoming[0]  # the wait for it is dropped
        if passed is None:
            raise NothingPlaying
        count = max(1, min(count, SKIP_LIMIT))
        view = await self._send(caller.guild_id, Skip(count))
        return Skipped(passed.track.title, count, view.current)

    async def stop(self, caller: Caller) -> Stopped:
        """Stop and clear the queue. Raises NotInVoice, NothingPlaying, PlayerBusy."""
        queue = (await self._steer(caller)).session.queue
        count = len(queue.upcoming) + (queue.current is not None)
        if count == 0:
            raise NothingPlaying
        await self._send(caller.guild_id, Stop())
        return Stopped(count)

    async def _play_song(self, caller: Caller, song_id: str) -> Queued:
        song = await self._song(caller, song_id)
        track = Track(TrackId(song.id), song.title, song.duration_s)
        entry = Entry(EntryId(uuid4().hex), track, UserId(caller.user_id))
        session = await self.bus.send(ToPlayer(caller.guild_id, Enqueue((entry,)), command_id=entry.id))
        waiting = [waits.id for waits in session.queue.upcoming]
        return Queued(song.title, waiting.index(entry.id) + 1 if entry.id in waiting else 0)

    async def _song(self, caller: Caller, song_id: str) -> Song:
        async with self.store.begin() as tx:
            await tx.users.put(User(caller.user_id, caller.name))
            try:
                song = await tx.songs.get(song_id)
            except NotFound as error:
                raise UnknownSong(song_id) from error
        if song.guild_id != caller.guild_id:
            raise UnknownSong(song_id)
        if song.state is not SongState.READY and song.stream_url is None:
            raise SongNotReady(song.title)
        return song

    async def _steer(self, caller: Caller) -> Now:
        now = await self._now(caller.guild_id)
        check_may_steer(caller, now.room)
        return now

    async def _now(self, guild_id: int) -> Now:
        if (live := self.bus.look(guild_id)) is not None:
            return live
        async with self.store.begin() as tx:
            saved = await tx.queues.load(guild_id)
        if saved is None:
            return Now(Session(), 0.0, 0, None)
        session, position_s = from_plain(dict(saved.session))
        return Now(session, position_s, saved.seq, None)

    async def _send(self, guild_id: int, command: Command) -> QueueView:
        session = await self.bus.send(ToPlayer(guild_id, command, command_id=uuid4().hex))
        now = await self._now(guild_id)
        return await self._view(guild_id, Now(session, now.position_s, now.seq, now.room))

    async def _view(self, guild_id: int, now: Now) -> QueueView:
        async with self.store.begin() as tx:
            return await queue_view(tx, guild_id, now.session, now.position_s, now.seq)
