"""A track as one `Sound` has it, growing while it is rendered. A packet source like any other."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from conductr_player.errors import SourceError
from conductr_player.packets.book import PacketBook
from conductr_player.packets.sources import IndexedPackets, LivePackets


@define(eq=False)
class Rendition(LivePackets):
    """Whoever plays it holds it: one that nobody holds is given up. It may begin in the middle of the track.

    Its packets are in plain memory until another process asks for them; a file descriptor for each would be too many.
    """

    first: int = 0
    speed: float = 1.0
    size_bytes: int = field(default=0, init=False)
    _packets: list[bytes] = field(init=False, factory=list[bytes])

    @property
    def held(self) -> PacketBook | IndexedPackets:
        """Where another process may read packet `first` and those that follow. From the event loop.

        Raises SourceError where there is no room, or more of them than a book takes.
        """
        if self._held is None:
            try:
                book = PacketBook.new()
            except OSError as error:
                raise SourceError(f"there is no room for a rendition: {error}") from error
            for packet in self._packets:
                book.append(packet)
            self._held = book  # before the others go: the pacer's thread looks for them first
            self._packets = []
        return self._held

    def append(self, packet: bytes) -> None:
        self.extend((packet,))

    def extend(self, packets: Sequence[bytes]) -> None:
        """What follows; one that had broken off goes on. Raises SourceError where a book is full."""
        if isinstance(self._held, PacketBook):
            for packet in packets:
                self._held.append(packet)
        else:
            self._packets.extend(packets)
        self.size_bytes += sum(map(len, packets))
        self.error = None
        self._wake()

    def replace_with(self, finished: IndexedPackets) -> None:
        """The same packets, in a file."""
        super().replace_with(finished)
        self._packets = []

    def taken_out(self) -> tuple[bytes, ...]:
        """All packets that are there."""
        return tuple(packet for i in range(self.first, len(self)) if (packet := self.packet(i)) is not None)

    def packet(self, index: int) -> bytes | None:
        packets, held, at = self._packets, self._held, index - self.first
        if held is not None:
            return held.packet(at)
        return packets[at] if 0 <= at < len(packets) else None

    def __len__(self) -> int:
        packets, held = self._packets, self._held
        return self.first + len(packets if held is None else held)
