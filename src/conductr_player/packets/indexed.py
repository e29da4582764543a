"""A finished Ogg Opus file, mapped into memory, with every packet's place in it."""

from __future__ import annotations

import mmap
import os
import time
from array import array
from collections.abc import Iterator
from itertools import islice, repeat
from operator import getitem, sub
from pathlib import Path
from typing import Any

import anyio.to_thread
import numpy as np
from attrs import define, field

from conductr_player.errors import SourceError
from conductr_player.native.seats import Mapped

from .kept_index import read_index, write_index
from .opus import FRAME_S, check_frame, check_header, read_page

PLACE = "I"  # four bytes for a place in a file
_LONGEST_BYTES = 2**32 - 1
_PAGES_A_BREATH = 8  # of 50 packets, a third of a millisecond; between breaths others may have the interpreter


@define(eq=False)
class _Index:
    """Where in the file each packet lies."""

    starts: array[int] = field(factory=lambda: array(PLACE))
    ends: array[int] = field(factory=lambda: array(PLACE))
    joined: dict[int, bytes] = field(factory=dict[int, bytes])  # packets that lie on more than one page

    def add(self, packet: bytes, start: int, end: int, *, joined: bool) -> None:
        check_frame(packet)
        if joined:
            self.joined[len(self.starts)] = packet
        self.starts.append(start)
        self.ends.append(end)


@define(eq=False)
class IndexedPackets:
    """A finished Ogg Opus file, mapped into memory and shared by every guild that plays it.

    The map is given back with the last reference. The file must not be changed while it is
    open (replace it by rename).
    """

    _map: mmap.mmap
    _index: _Index
    path: Path | None = None
    _each_time: Iterator[mmap.mmap] = field(init=False)  # gives the map, for ever
    first: int = field(default=0, init=False)
    speed: float = field(default=1.0, init=False)
    complete: bool = field(default=True, init=False)
    error: Exception | None = field(default=None, init=False)
    _mapped: Mapped | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._each_time = repeat(self._map)

    @classmethod
    def open(cls, path: Path, index: Path | None = None) -> IndexedPackets:
        """Map and index: about 5 ms for a song of three minutes, so use `open_packets` from an event loop.

        `index` names a file for what was found out, which the next opening takes a tenth of that time to read; it is
        made anew where it does not fit the song's size and time of change, and a folder for it is made too.

        Raises SourceError where it is not an Ogg Opus file of 20 ms packets.
        """
        try:
            with path.open("rb") as file:
                look = os.fstat(file.fileno())
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise SourceError(f"{path.name} cannot be opened: {error}") from error
        if index is None:
            return cls(mapped, _index(mapped), path)
        if (known := read_index(index, look)) is not None:
            return cls(mapped, _Index(*known), path)
        found = _index(mapped)
        if not found.joined:
            write_index(index, look, found.starts, found.ends)
        return cls(mapped, found, path)

    def packet(self, index: int) -> bytes | None:
        found = self._index
        if not 0 <= index < len(found.starts):
            return None
        if found.joined and index in found.joined:
            return found.joined[index]
        return self._map[found.starts[index] : found.ends[index]]

    def between(self, start: int, stop: int) -> Iterator[bytes | None]:
        """Packets `start` to `stop`, taken out of the map by an iterator that is all C."""
        found, start, stop = self._index, max(0, start), max(0, stop)
        if found.joined:
            return map(self.packet, range(start, min(stop, len(self))))
        starts, ends = _from(found.starts, start), _from(found.ends, start)
        get: Any = getitem  # its type is too wide for what it does here
        run = map(get, self._each_time, map(slice, starts, ends))
        return run if stop >= len(self) else islice(run, max(0, stop - start))

    @property
    def mapped(self) -> Mapped | None:
        """Where all of it lies in memory, for who reads it without Python. None where a packet is not in one piece."""
        if self._mapped is None and len(self) and not self._index.joined:
            self._mapped = _addresses(self._map, self._index)
        return self._mapped

    def sizes(self) -> Iterator[int]:
        """Every packet's length in bytes, from the index alone: nothing is read."""
        found = self._index
        apart = map(sub, found.ends, found.starts)
        return (len(found.joined[at]) if at in found.joined else size for at, size in enumerate(apart))

    def __len__(self) -> int:
        return len(self._index.starts)

    @property
    def duration_s(self) -> float:
        return len(self) * FRAME_S


def _addresses(file: mmap.mmap, index: _Index) -> Mapped | None:
    """Each place is looked at first: Python would cut off what is beyond the end, others read on."""
    data = np.frombuffer(file, np.uint8)
    starts, ends = np.frombuffer(index.starts, np.uint32), np.frombuffer(index.ends, np.uint32)
    if len(starts) != len(ends) or (starts > ends).any() or (ends > len(data)).any():
        return None
    return Mapped(data.ctypes.data, starts.ctypes.data, ends.ctypes.data, (data, starts, ends))


def _from(numbers: array[int], start: int) -> Iterator[int]:
    """Those from `start` on. One small object, where a slice of a memoryview is three: a thousand guilds have one."""
    found: Any = iter(numbers)
    found.__setstate__(start)
    return found


async def open_packets(path: Path, index: Path | None = None) -> IndexedPackets:
    """`IndexedPackets.open` in a worker thread that lets others have the interpreter meanwhile."""
    return await anyio.to_thread.run_sync(IndexedPackets.open, path, index)


def _index(mapped: mmap.mmap) -> _Index:
    found = _Index()
    at, serial, headers, pages = 0, None, 0, 0
    part: bytes | None = None
    if len(mapped) > _LONGEST_BYTES:
        raise SourceError("a file of more than 4 GiB")
    while at < len(mapped):
        page = read_page(mapped, at)
        if page is None:
            raise SourceError("an Ogg file that ends within a page")
        serial = page.serial if serial is None else serial
        if page.serial != serial or page.continued != (part is not None):
            raise SourceError("an Ogg file of several streams, or with a page missing")
        whole = page.whole_frames(mapped) if headers == 2 else ()
        if whole:
            found.starts.append(page.start)
            found.starts.extend(whole[:-1])
            found.ends.extend(whole)
        for number, (start, end) in enumerate(() if whole else page.pieces, start=1):
            piece = mapped[start:end] if part is None else part + mapped[start:end]
            if number == len(page.pieces) and page.open_end:
                part = piece
                continue
            if headers < 2:
                check_header(headers, piece)
                headers += 1
            else:
                found.add(piece, start, end, joined=part is not None)
            part = None
        at, pages = page.end, pages + 1
        if pages % _PAGES_A_BREATH == 0:
            time.sleep(0)  # lets go of the interpreter: the pacer must not wait for us
    if part is not None or headers < 2:
        raise SourceError("an Ogg file that ends within a packet, or has no headers")
    return found
