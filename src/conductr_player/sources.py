"""Where packets come from: a finished file, or a song that is still growing."""

from __future__ import annotations

import mmap
import time
from array import array
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
from attrs import define, field

from .errors import SourceError
from .opus import FRAME_S, check_frame, check_header, read_page

MAX_LIVE_PACKETS = 45_000  # 15 minutes; what a stranger's stream may fill memory with
_PAGES_A_BREATH = 4  # pages of 50 packets; between breaths other threads may have the interpreter


class PacketSource(Protocol):
    """A track's 20 ms Opus packets by number. Read by the pacer's thread: `packet` must not block."""

    def packet(self, index: int) -> bytes | None:
        """None: not there (yet)."""
        ...

    @property
    def complete(self) -> bool:
        """No more will come: `len` is the end."""
        ...

    @property
    def error(self) -> Exception | None:
        """Why no more will come, although it is not complete."""
        ...

    def __len__(self) -> int: ...


@define(eq=False)
class _Index:
    """Where in the file each packet lies."""

    starts: array[int] = field(factory=lambda: array("Q"))
    ends: array[int] = field(factory=lambda: array("Q"))
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
    complete: bool = field(default=True, init=False)
    error: Exception | None = field(default=None, init=False)

    @classmethod
    def open(cls, path: Path) -> IndexedPackets:
        """Map and index: about 3 ms for a song of three minutes, so use `open_packets` from an event loop.

        Raises SourceError where it is not an Ogg Opus file of 20 ms packets.
        """
        try:
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise SourceError(f"{path.name} cannot be opened: {error}") from error
        return cls(mapped, _index(mapped))

    def packet(self, index: int) -> bytes | None:
        found = self._index
        if not 0 <= index < len(found.starts):
            return None
        if found.joined and index in found.joined:
            return found.joined[index]
        return self._map[found.starts[index] : found.ends[index]]

    def __len__(self) -> int:
        return len(self._index.starts)

    @property
    def duration_s(self) -> float:
        return len(self) * FRAME_S


async def open_packets(path: Path) -> IndexedPackets:
    """`IndexedPackets.open` in a worker thread that lets others have the interpreter meanwhile."""
    return await anyio.to_thread.run_sync(IndexedPackets.open, path)


def _index(mapped: mmap.mmap) -> _Index:
    found = _Index()
    at, serial, headers, pages = 0, None, 0, 0
    part: bytes | None = None
    while at < len(mapped):
        page = read_page(mapped, at)
        if page is None:
            raise SourceError("an Ogg file that ends within a page")
        serial = page.serial if serial is None else serial
        if page.serial != serial or page.continued != (part is not None):
            raise SourceError("an Ogg file of several streams, or with a page missing")
        for number, (start, end) in enumerate(page.pieces, start=1):
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


@define(eq=False)
class _Growing:
    """Packets in memory, as far as they have come."""

    packets: list[bytes] = field(factory=list[bytes])

    def packet(self, index: int) -> bytes | None:
        return self.packets[index] if 0 <= index < len(self.packets) else None

    def __len__(self) -> int:
        return len(self.packets)


@define(eq=False)
class LivePackets:
    """A song that is still growing: a feeder in the event loop appends, the pacer's thread reads.

    When the finished file is there, `replace_with` goes on in it at the same packet index, so
    that nobody hears the change. A feeder that stalls is waited for; one that failed may still be
    rescued by the finished file.
    """

    _held: _Growing | IndexedPackets = field(factory=_Growing)  # replaced in one assignment: another thread reads
    _first: anyio.Event = field(factory=anyio.Event)
    complete: bool = field(default=False, init=False)
    error: Exception | None = field(default=None, init=False)

    def append(self, packet: bytes) -> None:
        """Raises SourceError for anything but a 20 ms packet, and where the song exceeds 15 minutes."""
        check_frame(packet)
        if len(self) >= MAX_LIVE_PACKETS:
            raise SourceError("a stream of more than 15 minutes")
        if isinstance(self._held, _Growing):
            self._held.packets.append(packet)
            self._first.set()

    def finish(self) -> None:
        """The feeder came to the song's end."""
        self.complete = True
        self._first.set()

    def fail(self, error: Exception) -> None:
        """The feeder cannot go on."""
        if not self.complete:
            self.error = error
            self._first.set()

    def replace_with(self, finished: IndexedPackets) -> None:
        self._held = finished
        self.error = None
        self.complete = True
        self._first.set()

    async def first_packet_ready(self) -> None:
        """Wait until there is something to hear. Raises SourceError where the feeder failed or ended before that."""
        await self._first.wait()
        if len(self) == 0:
            raise SourceError("the stream ended before any sound came") from self.error

    def packet(self, index: int) -> bytes | None:
        return self._held.packet(index)

    def __len__(self) -> int:
        return len(self._held)
