"""GenerationWatcher: brings every unfinished generation to its end, in any process, after any crash."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count
from logging import getLogger
from uuid import uuid4

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from conductr_player import DamagedAudio, Enqueue, Entry, EntryId, PlayerError, Track, TrackId, UserId
from conductr_store import Generation, GenerationState, LeaseLost, Song, SongState, Store, StoreError
from suno_client import (
    Clip,
    GenerationFailed,
    NotSent,
    Progress,
    Stage,
    SunoClient,
    SunoError,
    TaskId,
    Unanswered,
    WaitTimeout,
)

from .bus import LocalBus
from .errors import ConductrError
from .generations import UNSURE, Generations
from .keeping import Keeper
from .messages import ToPlayer
from .replies import word
from .wake import Wake
from .wishes import title_from

log = getLogger(__name__)

AT_ONCE = 20  # generations followed at a time by one process
LOOK_AGAIN_S = 2.0  # how often rows of other processes, or of one that died, are looked for
AGAIN_IN = timedelta(seconds=20)  # after an error of ours or of the network
GIVE_UP_AFTER = timedelta(hours=24)  # from the asking: then the task is lost; Suno keeps files for days
WAIT_FOR_SUNO_S = 900.0  # longer than any generation seen (suno.md 2A.10)


@define(eq=False)
class GenerationWatcher:
    """Claims rows by lease, follows their tasks, keeps their clips, and says how each ended."""

    store: Store
    suno: SunoClient
    bus: LocalBus
    generations: Generations
    keeper: Keeper
    wake: Wake
    _following: dict[str, Generation] = field(factory=dict)

    async def run(self) -> None:
        """Until cancelled. What is unfinished then is taken up by the next process, once its lease has run out."""
        async with anyio.create_task_group() as followers:
            followers.start_soon(self._hold)
            while True:
                try:
                    await self._take_up(followers)
                except StoreError:
                    log.exception("the database could not be asked for unfinished songs; asked again soon")
                await self.wake.wait(LOOK_AGAIN_S)

    async def _take_up(self, followers: TaskGroup) -> None:
        free = AT_ONCE - len(self._following)
        if free <= 0:
            return
        now = self.generations.now()
        async with self.store.begin() as tx:
            rows = await tx.generations.claim(self.generations.owner, now, now + self.generations.lease, free)
        for row in rows:
            if row.id in self._following or row.id in self.generations.submitting:
                continue  # ours already: the claim only renewed its lease
            self._following[row.id] = row
            followers.start_soon(self._follow, row)

    async def _hold(self) -> None:
        """Renew the leases of what is followed, thrice in a lease's time."""
        lease = self.generations.lease
        while True:
            await anyio.sleep(lease.total_seconds() / 3)
            held = {*self._following, *self.generations.submitting}
            if not held:
                continue
            try:
                async with self.store.begin() as tx:
                    until = self.generations.now() + lease
                    await tx.generations.renew(self.generations.owner, held, until)
            except StoreError:
                log.exception("leases could not be renewed; tried again before they run out")

    async def _follow(self, row: Generation) -> None:
        """One generation, from where it stands to its end. An error of ours leaves the row for a later try."""
        try:
            await self._bring_on(row)
        except* LeaseLost:
            log.warning("generation %s is followed by another process now", row.id)
        except* (StoreError, SunoError, PlayerError, OSError) as errors:
            log.warning("generation %s waits for another try: %r", row.id, errors.exceptions)
            with suppress(StoreError):
                await self._later(row)
        except* Exception:
            log.exception("generation %s stopped on an unforeseen error; it is tried again", row.id)
            with suppress(StoreError):
                await self._later(row)
        finally:
            if self._following.get(row.id) is row:
                del self._following[row.id]

    async def _bring_on(self, row: Generation) -> None:
        match row.state:
            case GenerationState.SUBMITTING:
                await self.generations.end(row, GenerationState.UNKNOWN, UNSURE)
            case GenerationState.REQUESTED:
                with suppress(SunoError):  # the row says it
                    await self.generations.submit(row)
            case _:
                await self._watch(row)

    async def _watch(self, row: Generation) -> None:
        """Follow the task; keep each clip as soon as its file is there; end the row by what was kept."""
        failure: SunoError | None = None
        kept: set[str] = set()
        async with anyio.create_task_group() as keeping:
            try:
                task = TaskId(row.task_id or "")
                async for progress in self.suno.generations.watch(task, deadline_s=self._patience_s(row)):
                    row, songs = await self._note(row, progress)
                    for song, clip in songs:
                        if clip.audio_urls() and song.state is SongState.GROWING and song.id not in kept:
                            kept.add(song.id)
                            keeping.start_soon(self._keep, row, song, clip)
            except (GenerationFailed, WaitTimeout) as error:
                if isinstance(error, WaitTimeout) and error.last is None:
                    raise  # Suno was not heard at all: that is no verdict
                failure = error
        await self._conclude(row, failure)

    def _patience_s(self, row: Generation) -> float:
        left = row.created_at + GIVE_UP_AFTER - self.generations.now()
        return max(1.0, min(WAIT_FOR_SUNO_S, left.total_seconds()))

    async def _note(self, row: Generation, progress: Progress) -> tuple[Generation, list[tuple[Song, Clip]]]:
        """Write down what a new stage brought; the first take goes into the queue once it can be heard."""
        songs = [(await self._song_of(row, take, clip), clip) for take, clip in enumerate(progress.clips)]
        if row.state is GenerationState.SUBMITTED and progress.stage is not Stage.QUEUED:
            row = await self.generations.change(row, state=GenerationState.COMPOSING)
        if songs and songs[0][1].stream_url:
            row = await self._let_hear(row, songs[0][0])
        return row, songs

    async def _let_hear(self, row: Generation, song: Song) -> Generation:
        """Queue the song, once. Its place carries the generation's id, so a repeat after a crash changes nothing."""
        if row.state is GenerationState.PLAYABLE:
            return row
        track = Track(TrackId(song.id), song.title, song.duration_s)
        entry = Entry(EntryId(row.id), track, UserId(row.user_id))
        try:
            await self.bus.send(ToPlayer(row.guild_id, Enqueue((entry,))))
        except (ConductrError, PlayerError) as error:
            log.warning("the song of generation %s could not be queued yet: %r", row.id, error)
            return row  # the next look at the task tries again
        return await self.generations.change(row, state=GenerationState.PLAYABLE)

    async def _song_of(self, row: Generation, take: int, clip: Clip) -> Song:
        """The clip's row, made when it is first seen. Clips are matched by id: alternates share a task."""
        async with self.store.begin() as tx:
            known = {song.clip_id: song for song in await tx.songs.of_generation(row.id)}
            if (song := known.get(clip.id)) is None:
                taken = {song.take for song in known.values()}
                free = take if take not in taken else next(number for number in count() if number not in taken)
                return await tx.songs.add(self._new_song(row, free, clip))
            if song.state is SongState.GROWING and clip.stream_url and clip.stream_url != song.stream_url:
                song = await tx.songs.update(song.id, stream_url=clip.stream_url, title=clip.title or song.title)
            return song

    def _new_song(self, row: Generation, take: int, clip: Clip) -> Song:
        return Song(
            id=uuid4().hex,
            generation_id=row.id,
            take=take,
            clip_id=clip.id,
            guild_id=row.guild_id,
            owner_id=row.user_id,
            title=clip.title or row.title or title_from(row.prompt or row.style or ""),
            style=clip.tags or row.style,
            lyrics=clip.lyrics or row.lyrics,
            prompt=row.prompt,
            model=row.model,
            state=SongState.GROWING,
            duration_s=None,
            stream_url=clip.stream_url,
            audio_key=None,
            opus_key=None,
            cover_key=None,
            created_at=self.generations.now(),
        )

    async def _keep(self, row: Generation, song: Song, clip: Clip) -> None:
        try:
            song = await self.keeper.keep(song, clip)
        except (NotSent, Unanswered):
            raise  # the network's fault: the song is paid for, and tried again later
        except (SunoError, DamagedAudio) as error:
            log.warning("take %s of generation %s is lost: %s", song.take, row.id, error)
            async with self.store.begin() as tx:
                await tx.songs.update(song.id, state=SongState.FAILED)
            return
        if song.take == 0:
            async with self.store.begin() as tx:
                row = await tx.generations.get(row.id)
            await self._let_hear(row, song)

    async def _conclude(self, row: Generation, failure: SunoError | None) -> None:
        async with self.store.begin() as tx:
            songs = await tx.songs.of_generation(row.id)
            for song in songs:
                if song.state is SongState.GROWING:  # the task ended and gave this take no file
                    await tx.songs.update(song.id, state=SongState.FAILED)
            ready = [song for song in songs if song.state is SongState.READY]
        if not ready:
            reason = word(failure).text if failure else "Suno finished, but its files could not be had."
            await self.generations.end(row, GenerationState.FAILED, reason)
        elif len(ready) < len(songs) or failure:
            await self.generations.end(row, GenerationState.FINISHED, "Only one of the two takes could be kept.")
        else:
            await self.generations.end(row, GenerationState.FINISHED, None)

    async def _later(self, row: Generation) -> None:
        """Let go of the row until later; or give it up, a day after it was asked for."""
        if self.generations.now() - row.created_at > GIVE_UP_AFTER:
            await self.generations.end(row, GenerationState.FAILED, "The song was lost on the way from Suno.")
        else:
            await self.generations.release(row, again_in=AGAIN_IN)
