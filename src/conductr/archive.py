"""Archive: fetches what is missing here and still lies at the provider. Providers forget files after two weeks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from logging import getLogger

from attrs import evolve, frozen

from conductr_player import DamagedAudio
from conductr_store import Attempt, Generation, Media, Song, SongState, Store
from suno_client import Clip, NotSent, SunoError, TaskId, Unanswered

from .gateways import Gateway, Gateways
from .keeping import Keeper

log = getLogger(__name__)

PAGE = 100  # songs looked at in one transaction
SETTLED_AFTER = timedelta(hours=1)  # a younger song that is not whole may be in the making just now


class Found(StrEnum):
    """What came of one song that was not whole."""

    KEPT = "kept"
    GONE = "gone"  # the provider does not have it any more, or says so
    AWAY = "away"  # the provider could not be asked, or its files were bad: another time
    ORPHANED = "orphaned"  # nobody knows where it was made, or the key that made it is gone


@frozen
class Archived:
    song_id: str
    title: str
    found: Found


@frozen
class Archive:
    store: Store
    media: Media
    gateways: Gateways
    keeper: Keeper
    at_a_time: int = PAGE

    async def fetch(self, now: datetime) -> AsyncIterator[Archived]:
        """Every song that is not whole, with what became of it, as it goes. Costs nothing. Raises StoreError."""
        tasks: dict[str, Mapping[str, Clip] | Found] = {}  # by generation: two takes are asked for once
        async for song in self._songs():
            if now - song.created_at < SETTLED_AFTER or await self._whole(song):
                continue
            if (found := await self._fetch(song, tasks)) is not None:
                yield Archived(song.id, song.title, found)

    async def _songs(self) -> AsyncIterator[Song]:
        last: str | None = None
        while True:
            async with self.store.begin() as tx:
                page = await tx.songs.after(last, self.at_a_time)
            for song in page:
                yield song
            if len(page) < self.at_a_time:
                return
            last = page[-1].id

    async def _whole(self, song: Song) -> bool:
        """Its audio is here: packets and covers can be made again of what is kept."""
        key = song.audio_key
        return song.state is SongState.READY and key is not None and await self.media.exists(key)

    async def _fetch(self, song: Song, tasks: dict[str, Mapping[str, Clip] | Found]) -> Found | None:
        """What came of it; None for a song in the making, which the watcher brings home."""
        async with self.store.begin() as tx:
            generation = await tx.generations.get(song.generation_id)
            attempts = await tx.attempts.of_generation(song.generation_id)
        if not generation.state.final:
            return None
        gateway, task_id = await self._maker(generation, attempts)
        if gateway is None or task_id is None:
            return Found.ORPHANED
        if song.generation_id not in tasks:
            tasks[song.generation_id] = await _clips(gateway, task_id)
        clips = tasks[song.generation_id]
        if isinstance(clips, Found):
            return clips
        clip = clips.get(song.clip_id)
        if clip is None or not clip.audio_urls():
            return Found.GONE
        try:
            await evolve(self.keeper, suno=gateway.suno).keep(song, clip)
        except (SunoError, DamagedAudio) as error:
            log.warning("song %s could not be fetched: %s", song.id, error)
            return Found.AWAY
        return Found.KEPT

    async def _maker(self, row: Generation, attempts: Iterable[Attempt]) -> tuple[Gateway | None, str | None]:
        """Who made it, and as which task. Rows from before attempts were written down have the bot's first gateway."""
        made = next((attempt for attempt in attempts if attempt.task_id is not None), None)
        if made is None:
            return self.gateways.first, row.task_id
        return await self.gateways.of(made.provider, made.key_id), made.task_id


async def _clips(gateway: Gateway, task_id: str) -> Mapping[str, Clip] | Found:
    """The task's takes by id, or why there are none."""
    try:
        progress = await gateway.suno.generations.get(TaskId(task_id))
    except (NotSent, Unanswered) as error:
        log.warning("%s could not be asked for a task: %s", gateway.name, error)
        return Found.AWAY
    except SunoError as error:
        log.warning("%s does not tell of a task: %s", gateway.name, error)
        return Found.GONE
    return {clip.id: clip for clip in progress.clips} or Found.GONE
