"""A place in a source, and the run of packets that comes next from it. Moved by the pacer's thread."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define

from conductr_player.core.tracks import EntryId
from conductr_player.native.seats import Mapped
from conductr_player.packets.opus import FRAME_S
from conductr_player.packets.sources import PacketSource, between, finished

from .orders import Lead


@define(eq=False)
class Cursor:
    """Where a play stands. It counts nothing itself: while packets flow, its index is what was sent minus `origin`.

    `play_id` is None while it runs ahead of the play that will claim it.
    """

    source: PacketSource
    entry_id: EntryId
    play_id: int | None
    held: int | None = 0  # its index while nothing of it is sent
    heard: bool = False
    bridge: tuple[bytes, ...] = ()  # stand for the source's packets from `bridge_from` on
    bridge_from: int = 0
    origin: int = 0  # how many packets had been sent when its index was 0
    dry: int = 0  # ticks without a packet to send

    def index(self, sent: int) -> int:
        """The packet to send next, when `sent` packets were sent in all."""
        held = self.held  # read once: another thread may ask
        return sent - self.origin if held is None else held

    def hold(self, sent: int) -> int:
        """Stay at this index, whatever is sent now."""
        self.held = self.index(sent)
        return self.held

    def flow(self, sent: int) -> None:
        """From now on each packet sent is one of it."""
        self.origin = sent - self.index(sent)
        self.held = None
        self.dry = 0

    def position_s(self, sent: int) -> float:
        """Seconds of the track."""
        return self.index(sent) * FRAME_S * self.source.speed

    def within(self, index: int) -> int:
        """The nearest that the source has or will have."""
        index = max(index, self.source.first)
        return min(index, len(self.source)) if self.source.complete else index

    def index_in(self, other: PacketSource, sent: int) -> int:
        """The same moment of the track in another rendition of it."""
        return round(self.index(sent) * self.source.speed / other.speed)

    def cross(self, bridge: tuple[bytes, ...], lead: int) -> None:
        """Begin with what is left of a bridge of `lead` packets; it stands for as many. While held."""
        if bridge and self.held is not None:
            self.held += lead - len(bridge)
            self.bridge, self.bridge_from = bridge, self.held

    def in_bridge(self, index: int) -> bool:
        return self.bridge_from <= index < self.bridge_from + len(self.bridge)

    def run(self, index: int, *, ahead_of_end: int, one: bool) -> Iterator[bytes | None]:
        """What is there to send from `index` on, up to an end: of the bridge, of what has come, of the source.

        A complete source is left `ahead_of_end` packets early, unless it is past that already.
        With `one` it is a single packet.
        """
        if self.in_bridge(index):
            rest = self.bridge[index - self.bridge_from :]
            return iter(rest[:1] if one else rest)
        self.bridge = ()
        end = self._end(index, ahead_of_end)
        return between(self.source, index, min(index + 1, end) if one else end)

    def stretch(self, index: int, *, ahead_of_end: int) -> tuple[Mapped, int] | None:
        """Where in memory the packets of the same run lie, and its end: None unless it is one of a finished file."""
        source = finished(self.source)
        if source is None or self.held is not None or self.in_bridge(index):
            return None
        mapped = source.mapped
        return None if mapped is None else (mapped, min(self._end(index, ahead_of_end), len(source)))

    def _end(self, index: int, ahead_of_end: int) -> int:
        complete = self.source.complete  # before the length: it may become complete in between
        end = len(self.source)
        return end - ahead_of_end if complete and index <= end - ahead_of_end else end


def left_of(lead: Lead | None, index: int) -> tuple[bytes, ...]:
    """What a line whose next packet is `index` can use of a bridge: nothing if it is past it, or not there yet."""
    if lead is None or index < lead.from_index:
        return ()
    return lead.packets[index - lead.from_index :]
