"""Where packets come from: a finished file, or a song that is still growing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import anyio
from attrs import define, field

from conductr_player.errors import SourceError

from .book import PacketBook
from .indexed import IndexedPackets, open_packets
from .opus import check_frame

__all__ = ["IndexedPackets", "LivePackets", "PacketSource", "between", "finished", "open_packets"]


class PacketSource(Protocol):
    """A track's 20 ms Opus packets by number. Read by the pacer's thread: `packet` must not block."""

    def packet(self, index: int) -> bytes | None:
        """None: not there (yet)."""

    @property
    def complete(self) -> bool:
        """No more will come: `len` is the end."""
        ...

    @property
    def error(self) -> Exception | None:
        """Why no more will come, although it is not complete."""
        ...

    @property
    def first(self) -> int:
        """Index of the first packet that is there: 0, but for a rendition that was begun in the middle."""
        ...

    @property
    def speed(self) -> float:
        """Seconds of the track in a second of packets: packet i is at i * FRAME_S * speed."""
        ...

    def __len__(self) -> int:
        """The index after the last packet that is there."""
        ...


def between(source: PacketSource, start: int, stop: int) -> Iterator[bytes | None]:
    """Packets `start` to `stop` of any source; a finished file's at the least cost that Python can have."""
    file = finished(source)
    return map(source.packet, range(start, stop)) if file is None else file.between(start, stop)


def finished(source: PacketSource) -> IndexedPackets | None:
    """The finished file that a source is, or has become."""
    if isinstance(source, LivePackets):
        return source.finished
    return source if isinstance(source, IndexedPackets) else None


@define(eq=False)
class LivePackets:
    """A song that is still growing: a feeder in the event loop appends, the pacer's thread reads.

    When the finished file is there, `replace_with` goes on in it at the same packet index, so
    that nobody hears the change. A feeder that stalls is waited for; one that failed may still be
    rescued by the finished file.
    """

    first: int = field(default=0, init=False)
    speed: float = field(default=1.0, init=False)
    complete: bool = field(default=False, init=False)
    error: Exception | None = field(default=None, init=False)
    _held: PacketBook | IndexedPackets | None = field(default=None, init=False)  # replaced in one assignment
    _waiting: list[tuple[int, anyio.Event]] = field(init=False, factory=list[tuple[int, anyio.Event]])

    @property
    def held(self) -> PacketBook | IndexedPackets | None:
        """Where its packets are now: a book while it grows, None before the first one, at last the finished file."""
        return self._held

    @property
    def finished(self) -> IndexedPackets | None:
        """The file that has taken its place."""
        return self._held if isinstance(self._held, IndexedPackets) else None

    def append(self, packet: bytes) -> None:
        """Raises SourceError for anything but a 20 ms packet, and where the song exceeds 15 minutes."""
        check_frame(packet)
        if self._held is None:
            self._held = _new_book()
        if isinstance(self._held, PacketBook):
            self._held.append(packet)
            if self._waiting:
                self._wake()

    def finish(self) -> None:
        """The feeder came to the song's end."""
        self.complete = True
        self._wake()

    def fail(self, error: Exception) -> None:
        """The feeder cannot go on."""
        if not self.complete:
            self.error = error
            self._wake()

    def replace_with(self, finished: IndexedPackets) -> None:
        self._held = finished
        self.error = None
        self.complete = True
        self._wake()

    async def wait_beyond(self, index: int) -> None:
        """Until packet `index` is there, or no more will come: see `complete` and `error`."""
        if not self._is_beyond(index):
            came = anyio.Event()
            self._waiting.append((index, came))
            try:
                await came.wait()
            finally:
                self._waiting = [each for each in self._waiting if each[1] is not came]

    async def first_packet_ready(self) -> None:
        """Wait until there is something to hear. Raises SourceError where the feeder failed or ended before that."""
        await self.wait_beyond(0)
        if len(self) == 0:
            raise SourceError("the stream ended before any sound came") from self.error

    def packet(self, index: int) -> bytes | None:
        held = self._held
        return None if held is None else held.packet(index)

    def __len__(self) -> int:
        held = self._held
        return 0 if held is None else len(held)

    def _is_beyond(self, index: int) -> bool:
        return self.complete or self.error is not None or len(self) > index

    def _wake(self) -> None:
        for index, came in self._waiting:
            if self._is_beyond(index):
                came.set()


def _new_book() -> PacketBook:
    try:
        return PacketBook.new()
    except OSError as error:
        raise SourceError(f"there is no room for a growing song: {error}") from error
