"""Sounds: from a track to its packets. A kept song comes from disk, a growing one from the provider's stream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from logging import getLogger
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from conductr_player import (
    FRAME_S,
    IndexedPackets,
    LivePackets,
    PacketSource,
    PlayerError,
    SourceError,
    Track,
    ingest,
    ingest_live,
    open_packets,
)
from conductr_player.core.tracks import FILE_WITHIN_S
from conductr_store import FileKind, MediaMissing, NotFound, Shelf, Song, SongState, Store, StoreError

from .bus import LocalBus
from .messages import SongReady

log = getLogger(__name__)

OPEN_FILES = 64  # indexed songs kept open; each is a few MB of page cache, shared by all guilds
LOOK_AGAIN_S = 2.0


class StreamsSongs(Protocol):
    """The part of SunoClient that a growing song needs."""

    def stream(self, url: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]: ...


@define(eq=False)
class Sounds:
    """Opens tracks for every guild of this process; `run` feeds the growing ones."""

    store: Store
    shelf: Shelf
    suno: StreamsSongs
    bus: LocalBus
    indexes: Path | None = None  # a folder for the places of packets in songs that were opened once
    _files: dict[str, IndexedPackets] = field(factory=dict)
    _growing: dict[str, LivePackets] = field(factory=dict)
    _making: defaultdict[str, anyio.Lock] = field(factory=lambda: defaultdict(anyio.Lock))  # packets anew, once a song
    _feeders: TaskGroup | None = None

    async def run(self) -> None:
        """Feed growing songs, and let each go over to its finished file once that is kept."""
        async with self.bus.subscribe() as events, anyio.create_task_group() as feeders:
            self._feeders = feeders
            async for event in events:
                if isinstance(event, SongReady) and (live := self._growing.get(event.song_id)) is not None:
                    await self._go_over(event.song_id, live)

    async def open(self, track: Track) -> PacketSource:
        """The track's packets, shared by all guilds that play it. Raises SourceError, MediaError, StoreError."""
        if (known := self._files.get(track.id)) is not None:
            return known
        if (live := self._growing.get(track.id)) is not None:
            return live
        song = await self._song(track.id)
        if song.opus_key is not None:
            return await self._open_file(song.id, song.opus_key)
        if song.state is not SongState.GROWING or song.stream_url is None or self._feeders is None:
            raise SourceError(f"{track.title} has no sound")
        live = self._growing[song.id] = LivePackets()
        self._feeders.start_soon(self._feed, song.id, song.stream_url, live)
        try:
            await live.first_packet_ready()
        except SourceError:
            if not await self._file_came(song.id, live):
                raise
        return live

    def arrived_s(self, track_id: str) -> float | None:
        """How much of a song that still grows can be heard; None where it has all come, or is not open."""
        live = self._growing.get(track_id)
        return None if live is None or live.complete else len(live) * FRAME_S

    async def _feed(self, song_id: str, url: str, live: LivePackets) -> None:
        """Packets as they are made. A stream that breaks is outlived by the finished file, if that comes in time."""
        try:
            async with self.suno.stream(url) as chunks:
                await ingest_live(chunks, live)
        except Exception as error:  # noqa: BLE001 - a fire wall: whatever broke it, it is this song's stream only
            log.warning("the stream of song %s broke after %s packets: %r", song_id, len(live), error)
            if not await self._file_came(song_id, live):
                live.fail(error)
        finally:
            self._growing.pop(song_id, None)

    async def _file_came(self, song_id: str, live: LivePackets) -> bool:
        """Wait for the finished file. It is announced; looking is for the case that the announcement came before."""
        with anyio.move_on_after(FILE_WITHIN_S):
            while not live.complete:
                try:
                    song = await self._song(song_id)
                except SourceError:
                    break  # gone from the library
                except StoreError as error:
                    log.warning("song %s could not be looked up: %s", song_id, error)
                else:
                    if song.opus_key is not None:
                        await self._go_over(song_id, live)
                        break
                    if song.state is SongState.FAILED:
                        break
                await anyio.sleep(LOOK_AGAIN_S)
        return live.complete

    async def _go_over(self, song_id: str, live: LivePackets) -> None:
        try:
            song = await self._song(song_id)
            if song.opus_key is not None:
                live.replace_with(await self._open_file(song_id, song.opus_key))
        except (PlayerError, StoreError) as error:
            log.warning("song %s goes on in its stream, its file cannot be opened: %s", song_id, error)

    async def _open_file(self, song_id: str, opus_key: str) -> IndexedPackets:
        try:
            path = await self.shelf.media.local_path(opus_key)
        except MediaMissing:
            opus_key = await self._made_anew(song_id)
            path = await self.shelf.media.local_path(opus_key)
        index = self.indexes / f"{path.name}.index" if self.indexes else None
        packets = await open_packets(path, index)
        while len(self._files) >= OPEN_FILES:
            self._files.pop(next(iter(self._files)))  # who plays it still holds it
        self._files[song_id] = packets
        return packets

    async def _made_anew(self, song_id: str) -> str:
        """Packets of the kept recording, where the old ones went to make room on the disk; their key."""
        async with self._making[song_id]:
            song = await self._song(song_id)
            if song.opus_key is not None and await self.shelf.media.exists(song.opus_key):
                return song.opus_key  # somebody else has just made them
            if song.audio_key is None:
                raise SourceError(f"the file of {song.title} is lost; `conductr archive` asks for it again")
            recording = await self.shelf.media.local_path(song.audio_key)
            with TemporaryDirectory(prefix="conductr-") as folder:
                target = Path(folder) / "song.opus"
                await ingest(recording, target, expected_duration_s=song.duration_s)
                key = await self.shelf.keep_file(target, ".opus", kind=FileKind.PACKETS, refetchable=True)
            async with self.store.begin() as tx:
                await tx.files.claim([key])
                await tx.songs.update(song.id, opus_key=key)
            return key

    async def _song(self, song_id: str) -> Song:
        async with self.store.begin() as tx:
            try:
                return await tx.songs.get(song_id)
            except NotFound as error:
                raise SourceError("the song is gone from the library") from error
