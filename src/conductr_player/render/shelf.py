"""Whole renditions kept in a folder, bounded in bytes; what was not used for longest goes first. For worker threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import define, field

from conductr_player.errors import SourceError
from conductr_player.packets.opus import OggOpusWriter
from conductr_player.packets.sources import IndexedPackets

_SUFFIX: Final = ".opus"
_PART: Final = ".part"
_PIECES: Final = 255  # of at most 255 bytes, in an Ogg page (RFC 3533, 6)


@define(eq=False)
class Shelf:
    """A file is written beside its name and renamed, so that one which is there is whole. The folder is ours alone."""

    folder: Path
    limit_bytes: int
    _gate: threading.Lock = field(init=False, factory=threading.Lock)  # one writes and clears at a time

    def open(self) -> None:
        """Make the folder, and clear away what a crash left half-written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in self.folder.glob(f"*{_PART}"):
            part.unlink(missing_ok=True)

    def get(self, name: str) -> IndexedPackets | None:
        """The rendition of that name. A file that cannot be read is thrown away."""
        path = self.folder / (name + _SUFFIX)
        if not path.exists():
            return None
        try:
            found = IndexedPackets.open(path)
        except SourceError:
            path.unlink(missing_ok=True)
            return None
        with suppress(OSError):  # it was thrown away meanwhile; the map stays
            os.utime(path)
        return found

    def put(self, name: str, packets: Iterable[bytes]) -> IndexedPackets:
        """Write it and open it. Raises OSError, SourceError where there is no room for it."""
        path = self.folder / (name + _SUFFIX)
        part = path.with_suffix(_PART)
        with self._gate:
            try:
                with part.open("wb") as file:
                    for page in _pages(packets):
                        file.write(page)
                if part.stat().st_size > self.limit_bytes:
                    raise SourceError(f"a rendition of more than {self.limit_bytes} bytes")
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)
            self._clear()
        return IndexedPackets.open(path)

    def _clear(self) -> None:
        """Throw away the oldest until the rest fits. Who plays one keeps its map."""
        files = [(path, path.stat()) for path in self.folder.glob(f"*{_SUFFIX}")]
        files.sort(key=lambda each: each[1].st_mtime_ns)
        total = sum(stat.st_size for _, stat in files)
        for path, stat in files:
            if total <= self.limit_bytes:
                return
            path.unlink(missing_ok=True)
            total -= stat.st_size


def _pages(packets: Iterable[bytes]) -> Iterator[bytes]:
    """Pages as full as they can be."""
    writer = OggOpusWriter()
    yield writer.header()
    page: list[bytes] = []
    pieces = 0
    for packet in packets:
        if pieces + len(packet) // 255 + 1 > _PIECES:
            yield writer.page(*page)
            page, pieces = [], 0
        page.append(packet)
        pieces += len(packet) // 255 + 1
    if page:
        yield writer.page(*page)
    yield writer.end()
