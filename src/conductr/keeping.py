"""Keeper: from a finished clip to a kept song: download, check, level, store by content hash. Nothing is half kept."""

from __future__ import annotations

from logging import getLogger
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from attrs import frozen

from conductr_player import DamagedAudio, Describe, Ingested, Track, TrackId, ingest
from conductr_store import BadCover, FileKind, Media, Shelf, Song, SongState, Store
from conductr_store.faults import faultpoint
from conductr_store.genres import tags_of
from suno_client import BadMedia, Clip, NotSent, SunoClient, SunoError, Unanswered

from .bus import LocalBus
from .errors import PlayerUnreachable
from .messages import SongReady, ToPlayer

log = getLogger(__name__)

TRIES = 3  # a clip's addresses in turn; hosts were seen to serve empty and cut files for a while (suno.md 2A.11)
FIRST_DELAY_S = 1.0  # doubled at each try


@frozen
class Keeper:
    store: Store
    media: Media
    suno: SunoClient
    bus: LocalBus
    first_delay_s: float = FIRST_DELAY_S

    async def keep(self, song: Song, clip: Clip) -> Song:
        """The song, READY, with its files kept; also told to the player, which then knows its length.

        Raises the last SunoError or DamagedAudio after TRIES tries; MediaError and StoreError at once: those are ours.
        """
        with TemporaryDirectory(prefix="conductr-") as folder:
            audio, ingested, packets = await self._sound(clip, Path(folder))
            faultpoint("media.validated")
            shelf = Shelf(self.store, self.media)
            audio_key = await shelf.keep_file(audio, ".mp3", kind=FileKind.AUDIO)
            opus_key = await shelf.keep_file(packets, ".opus", kind=FileKind.PACKETS, refetchable=True)
            cover_key = await self._cover(shelf, clip, Path(folder))
        async with self.store.begin() as tx:
            await tx.files.claim(key for key in (audio_key, opus_key, cover_key) if key is not None)
            song = await tx.songs.update(
                song.id,
                state=SongState.READY,
                title=clip.title or song.title,
                style=clip.tags or song.style,
                lyrics=clip.lyrics or song.lyrics,
                tags=tags_of(clip.tags) or song.tags,
                duration_s=ingested.duration_s,
                loudness_lufs=ingested.loudness_lufs,
                audio_key=audio_key,
                opus_key=opus_key,
                cover_key=cover_key,
            )
        self.bus.publish(SongReady(song.guild_id, song.id))
        await self._describe(song)
        return song

    async def _sound(self, clip: Clip, folder: Path) -> tuple[Path, Ingested, Path]:
        """Downloaded and levelled; tried at each of the clip's addresses in turn."""
        urls = clip.audio_urls()
        if not urls:
            raise BadMedia("", "the finished clip has no address of a file")
        last: SunoError | DamagedAudio | None = None
        for attempt in range(TRIES):
            if attempt:
                await anyio.sleep(self.first_delay_s * 2 ** (attempt - 1))
            target, packets = folder / f"{attempt}.mp3", folder / f"{attempt}.opus"
            try:
                await self.suno.download(urls[attempt % len(urls)], target, expected_duration_s=clip.duration_s)
                return target, await ingest(target, packets, expected_duration_s=clip.duration_s), packets
            except (BadMedia, NotSent, Unanswered, DamagedAudio) as error:
                log.warning("clip %s: try %s of %s to keep it failed: %s", clip.id, attempt + 1, TRIES, error)
                last = error
        raise last or BadMedia("", "no try was made")

    async def _cover(self, shelf: Shelf, clip: Clip, folder: Path) -> str | None:
        """The cover's key. A song without its cover is still a song."""
        if clip.image_url is None:
            return None
        path = folder / "cover"
        try:
            await self.suno.download_image(clip.image_url, path)
            return await shelf.keep_cover(await anyio.Path(path).read_bytes())
        except (SunoError, BadCover) as error:
            log.warning("clip %s: its cover could not be kept: %s", clip.id, error)
            return None

    async def _describe(self, song: Song) -> None:
        track = Track(TrackId(song.id), song.title, song.duration_s)
        try:
            await self.bus.send(ToPlayer(song.guild_id, Describe(track)))
        except PlayerUnreachable:
            return  # nobody plays it; the row knows its length
