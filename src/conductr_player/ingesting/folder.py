"""A folder of audio files as tracks: the smallest library there is."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
from attrs import define, field

from conductr_player.core.tracks import Entry, EntryId, Track, TrackId, UserId
from conductr_player.errors import SourceError
from conductr_player.packets.sources import IndexedPackets, open_packets

from .ingest import ingest

NOBODY: Final = UserId(0)
SUFFIXES: Final = frozenset((".mp3", ".ogg", ".opus", ".wav", ".flac"))


@define(eq=False)
class Folder:
    """The audio files in `path`. Each becomes packets when it is first played; those are kept in `packets`."""

    path: Path
    packets: Path
    ffmpeg: str | None = None
    _making: defaultdict[TrackId, anyio.Lock] = field(init=False, factory=lambda: defaultdict(anyio.Lock))

    def tracks(self) -> tuple[Track, ...]:
        """In the order of their names; a track's id is its file's name. Raises OSError where there is no folder."""
        found = sorted(each for each in self.path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file())
        return tuple(Track(TrackId(each.name), each.stem) for each in found)

    def entries(self, requested_by: UserId = NOBODY) -> tuple[Entry, ...]:
        """One for each track, for `Enqueue`; an entry's id is its track's."""
        return tuple(Entry(EntryId(track.id), track, requested_by) for track in self.tracks())

    async def open(self, track: Track) -> IndexedPackets:
        """The track's packets, for `VoiceOutput`. Raises SourceError where there are none."""
        source, kept = self.path / track.id, self.packets / f"{track.id}.opus"
        if source.parent != self.path or source.name != track.id:
            raise SourceError(f"{track.id!r} is no file's name")
        async with self._making[track.id]:
            if not await anyio.to_thread.run_sync(_is_newer, kept, source):
                try:
                    await anyio.Path(self.packets).mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise SourceError(f"{self.packets.name} cannot be made: {error.strerror}") from error
                await ingest(source, kept, ffmpeg=self.ffmpeg)
            return await open_packets(kept)


def _is_newer(kept: Path, source: Path) -> bool:
    """Also where the source is gone, as long as something was kept of it."""
    if not source.exists():
        return kept.exists()
    return kept.exists() and kept.stat().st_mtime_ns >= source.stat().st_mtime_ns
