"""Playback: what members ask of a guild's player. Decides from the session as it stands, then sends one command."""

from __future__ import annotations

from uuid import uuid4

from attrs import frozen

from conductr_player import (
    Enqueue,
    Entry,
    EntryId,
    Jump,
    Pause,
    PauseCause,
    Place,
    PlaybackState,
    Previous,
    Resume,
    Session,
    Skip,
    Stop,
    Track,
    TrackId,
    UserId,
)
from conductr_store import NotFound, Song, Store, UnitOfWork, User

from .access import Caller
from .catalog import entry_views
from .denials import NeverPlayed
from .errors import AlreadyPaused, NothingPlaying, NothingToPlay
from .outcomes import (
    HistoryShown,
    Jumped,
    JustEnded,
    Outcome,
    Paused,
    Queued,
    Restarted,
    Resumed,
    Skipped,
    SkipThisToo,
    StillPlaying,
    Stopped,
    WentBack,
)
from .resolving import askers, check_ready, entry_meant, may_hear, song_meant
from .rights import Deed
from .skips import Skips
from .sounding import Sounding
from .steering import Seen, Steering
from .views import QueueView

SKIP_LIMIT = 100  # songs in one skip
PLACES = {Place.END: Deed.QUEUE, Place.NEXT: Deed.QUEUE_NEXT, Place.NOW: Deed.PLAY_NOW}


@frozen
class Playback(Sounding):
    """`skips`: what was skipped a moment ago, so that two who mean one song skip one song."""

    skips: Skips

    @classmethod
    def over(cls, steering: Steering) -> Playback:
        return cls(steering=steering, doers={}, skips=Skips())

    @property
    def store(self) -> Store:
        return self.steering.store

    async def queue(self, guild_id: int) -> QueueView:
        """What plays and the first hundred that wait: live where this process plays for the guild, else as saved."""
        return await self.steering.view(guild_id)

    async def history(self, caller: Caller) -> HistoryShown:
        """What was heard here, the latest first."""
        history = (await self.steering.now(caller.guild_id)).session.queue.history
        async with self.store.begin() as tx:
            return HistoryShown(await entry_views(tx, reversed(history)))

    async def play(self, caller: Caller, song: str | None = None, place: str = Place.END) -> Outcome:
        """Play a song of the library, or go on.

        Raises NotInVoice, UnknownSong, SeveralFound, SongNotReady, NothingToPlay, and as `Steering.carry`.
        """
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            if song is not None:
                self.steering.may(caller, seen, Deed.QUEUE)
                return await self._queue(caller, seen, await self._song(caller, song), Place(place))
            session = seen.session
            self.steering.may(caller, seen, Deed.RESUME)
            if session.state in (PlaybackState.PLAYING, PlaybackState.LOADING):
                return StillPlaying(await self.steering.drawn(caller.guild_id, seen.now))
            if session.queue.current is None and not session.queue.upcoming:
                raise NothingToPlay
            carried = await self.steering.carry(caller, seen, Deed.RESUME, Resume())
            return carried.told(Resumed(await self.steering.view(caller.guild_id, carried.session), caller.name))

    async def play_last(self, caller: Caller) -> Outcome:
        """Queue the song that was heard last once more. Raises NeverPlayed, and as `play`."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            self.steering.may(caller, seen, Deed.QUEUE)
            async with self.store.begin() as tx:
                song = await _last_heard(tx, caller, seen.session)
            return await self._queue(caller, seen, check_ready(song), Place.END)

    async def pause(self, caller: Caller) -> Outcome:
        """Raises NotInVoice, AlreadyPaused, NothingPlaying, PlayerBusy."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            self.steering.may(caller, seen, Deed.PAUSE)
            if PauseCause.USER in seen.session.paused_by:
                raise AlreadyPaused
            if seen.session.state is PlaybackState.IDLE:
                raise NothingPlaying
            carried = await self.steering.carry(caller, seen, Deed.PAUSE, Pause())
            return carried.told(Paused(await self.steering.view(caller.guild_id, carried.session), caller.name))

    async def skip(self, caller: Caller, count: int = 1, play_id: int | None = None) -> Outcome:
        """Skip the current song and `count` - 1 of those that wait.

        With `play_id`, a button's, only that play; without, the one that is heard now. Raises NothingPlaying, and as
        `Steering.carry`.
        """
        meant = self.skips.meant(self.steering.bus.look(caller.guild_id))
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            queue, count = seen.session.queue, max(1, min(count, SKIP_LIMIT))
            waiting = seen.session.state is PlaybackState.WAITING
            passed = queue.upcoming[0] if waiting else queue.current
            if (play_id or 0) not in (0, seen.session.play_id) or self.skips.over(seen.session, meant):
                self.steering.may(caller, seen, Deed.QUEUE)
                return JustEnded(None if passed is None else passed.track.title)
            if passed is None:
                self.steering.may(caller, seen, Deed.QUEUE)
                raise NothingPlaying
            if play_id is None and self.skips.just_begun(caller, seen.session):
                return SkipThisToo(passed.track.title, seen.session.play_id)
            about = askers((passed, *queue.upcoming[: count - 1]))
            command = Skip(count, None if waiting else seen.session.play_id)
            carried = await self.steering.carry(caller, seen, Deed.SKIP, command, about, title=passed.track.title)
            if carried.session is None and carried.voted is not None:
                return carried.voted
            self.skips.note(caller, carried.session)
            view = await self.steering.view(caller.guild_id, carried.session)
            return carried.told(Skipped(passed.track.title, count, view.current, caller.name))

    async def previous(self, caller: Caller, play_id: int | None = None) -> Outcome:
        """Back to what was heard before; without any, the current song begins anew. Raises NothingPlaying, as skip."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            queue = seen.session.queue
            if (play_id or 0) not in (0, seen.session.play_id):
                return JustEnded(queue.current.track.title if queue.current else None)
            if queue.current is None and not queue.history:
                self.steering.may(caller, seen, Deed.QUEUE)
                raise NothingPlaying
            title = queue.current.track.title if queue.current else None
            about = askers((queue.current,))
            carried = await self.steering.carry(caller, seen, Deed.PREVIOUS, Previous(), about, title=title)
            if carried.session is None and carried.voted is not None:
                return carried.voted
            if not queue.history:
                return carried.told(Restarted(title or "", caller.name))
            return carried.told(WentBack(queue.history[-1].track.title, title, caller.name))

    async def jump(self, caller: Caller, entry: str) -> Outcome:
        """Go on with an upcoming entry. Raises UnknownPlace, SeveralFound, and as `Steering.carry`."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            queue, wanted = seen.session.queue, entry_meant(seen.session, entry)
            passed = queue.upcoming[: queue.upcoming.index(wanted)]
            about, title = askers((queue.current, *passed)), wanted.track.title
            carried = await self.steering.carry(caller, seen, Deed.JUMP, Jump(wanted.id), about, title=title)
            if carried.session is None and carried.voted is not None:
                return carried.voted
            current = carried.session.queue.current if carried.session else None
            waits = current is None or current.id != wanted.id
            return carried.told(Jumped(title, len(passed), caller.name, waits))

    async def stop(self, caller: Caller, play_id: int | None = None) -> Outcome:
        """Stop and clear the queue. Raises NotInVoice, NothingPlaying, PlayerBusy."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            queue = seen.session.queue
            count = len(queue.upcoming) + (queue.current is not None)
            if count == 0:
                self.steering.may(caller, seen, Deed.QUEUE)
                raise NothingPlaying
            if (play_id or 0) not in (0, seen.session.play_id):
                return JustEnded(queue.current.track.title if queue.current else None)
            about = askers((queue.current, *queue.upcoming))
            carried = await self.steering.carry(caller, seen, Deed.STOP, Stop(), about)
            if carried.session is None and carried.voted is not None:
                return carried.voted
            self.doers[caller.guild_id] = caller.user_id
            return carried.told(Stopped(count, caller.name))

    async def _queue(self, caller: Caller, seen: Seen, song: Song, place: Place) -> Outcome:
        queue = seen.session.queue
        if place is Place.NEXT and not queue.upcoming:
            place = Place.END
        if place is Place.NOW and queue.current is None:
            place = Place.NEXT if queue.upcoming else Place.END
        track = Track(TrackId(song.id), song.title, song.duration_s)
        entry = Entry(EntryId(uuid4().hex), track, UserId(caller.user_id))
        here = any(each.track.id == song.id for each in (queue.current, *queue.upcoming) if each)
        about = askers((queue.current,)) if place is Place.NOW else frozenset[int]()
        command = Enqueue((entry,), place)
        carried = await self.steering.carry(caller, seen, PLACES[place], command, about, title=song.title)
        if carried.session is None and carried.voted is not None:
            return carried.voted
        waiting = [waits.id for waits in carried.session.queue.upcoming] if carried.session else []
        at = waiting.index(entry.id) + 1 if entry.id in waiting else 0
        return carried.told(Queued(song.title, at, caller.name, here))

    async def _song(self, caller: Caller, text: str) -> Song:
        async with self.store.begin() as tx:
            await tx.users.put(User(caller.user_id, caller.name))
            return check_ready(await song_meant(tx, caller, text))


async def _last_heard(tx: UnitOfWork, caller: Caller, session: Session) -> Song:
    """The newest of the history that is still there and may be heard; songs that went from it are passed over."""
    queue = session.queue
    for entry in (*reversed(queue.history), queue.current):
        if entry is None:
            continue
        try:
            song = await tx.songs.get(entry.track.id)
        except NotFound:
            continue
        if may_hear(caller, song):
            return song
    found = [song for song in await tx.songs.last_played(caller.guild_id, 1) if may_hear(caller, song)]
    if not found:
        raise NeverPlayed
    return found[0]
