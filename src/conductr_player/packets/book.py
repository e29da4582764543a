"""Packets that are only ever added to, in memory that another process may map as well."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator
from mmap import mmap
from typing import Final, Self

from attrs import define, field

from conductr_player.errors import SourceError

MAX_LIVE_PACKETS: Final = 45_000  # 15 minutes; what a stranger's stream may fill memory with
ROOM_BYTES: Final = 32 << 20  # for them: 15 minutes at 290 kbit/s

_HEAD: Final = 64  # bytes: the count, and room to spare
_TABLE: Final = 4 * (MAX_LIVE_PACKETS + 1)  # bytes: where each packet ends, and the first one begins
_DATA: Final = _HEAD + _TABLE
_SIZE: Final = _DATA + ROOM_BYTES


@define(eq=False)
class PacketBook:
    """One writes, any number read, also in other processes: they `attach` the file descriptor.

    It is a file of its full size without a name and full of holes (a memfd where there is such a
    thing), so it takes up what was written and no more, and goes with the last that has it open. A
    packet's bytes are written first, then its end, then the count: who has read the count may read all.
    """

    _file: int
    _map: mmap = field(init=False)
    _count: memoryview = field(init=False)
    _ends: memoryview = field(init=False)  # of packet i at i + 1, so that its start is at i

    def __attrs_post_init__(self) -> None:
        weakref.finalize(self, os.close, self._file)
        self._map = mmap(self._file, _SIZE)
        view = memoryview(self._map)
        self._count = view[:8].cast("Q")
        self._ends = view[_HEAD:_DATA].cast("I")

    @classmethod
    def new(cls) -> Self:
        """Raises OSError where there is no room for it."""
        file = _unnamed_file()
        try:
            os.ftruncate(file, _SIZE)
        except OSError:
            os.close(file)
            raise
        book = cls(file)
        book._ends[0] = _DATA
        return book

    @classmethod
    def attach(cls, file: int) -> Self:
        """The book behind a file descriptor, which is the book's from now on. To be read only."""
        return cls(file)

    def fileno(self) -> int:
        """The file descriptor, for another process. It stays the book's."""
        return self._file

    def append(self, packet: bytes) -> None:
        """Raises SourceError where the book is full."""
        count = self._count[0]
        start = self._ends[count]
        end = start + len(packet)
        if count >= MAX_LIVE_PACKETS or end > _SIZE:
            raise SourceError("a stream of more than 15 minutes, or of packets too large")
        self._map[start:end] = packet
        self._ends[count + 1] = end
        self._count[0] = count + 1

    def packet(self, index: int) -> bytes | None:
        """None: it is not there (yet)."""
        return self._map[self._ends[index] : self._ends[index + 1]] if 0 <= index < self._count[0] else None

    def between(self, start: int, stop: int) -> Iterator[bytes]:
        """Packets `start` to `stop`, as far as they are there, by an iterator that is all C."""
        start, stop = max(0, start), max(0, min(stop, len(self)))
        starts, ends = self._ends[start:stop], self._ends[start + 1 : stop + 1]
        return map(self._map.__getitem__, map(slice, starts, ends))

    def __len__(self) -> int:
        return self._count[0]


def _unnamed_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("conductr-packets")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
