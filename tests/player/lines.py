"""A guild whose line is moved tick by tick, and songs to play in it."""

from __future__ import annotations

from pathlib import Path

from attrs import define, field

from conductr_player import (
    Ended,
    EndReason,
    IndexedPackets,
    LinkLost,
    LivePackets,
    PacketSource,
    Report,
)
from conductr_player.core.tracks import EntryId
from conductr_player.pacing.line import Line
from conductr_player.pacing.orders import Follow, Take
from conductr_player.packets.opus import FRAME_S
from conductr_player.testing import HandPacer, ListSink, packets, write_ogg

FINISHED, REPLACED, LOAD_FAILED = EndReason.FINISHED, EndReason.REPLACED, EndReason.LOAD_FAILED


@define(eq=False)
class Guild:
    pacer: HandPacer = field(factory=HandPacer)
    sink: ListSink = field(factory=ListSink)
    reports: list[Report | LinkLost] = field(factory=list)
    line: Line = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.line = Line(self.pacer, self.sink, self.reports.append)

    def play(self, source: PacketSource, play_id: int = 1, entry: str = "e", index: int = 0) -> None:
        self.line.give(Take(play_id, EntryId(entry), source, index))

    def follow_with(self, source: PacketSource, entry: str = "e2") -> None:
        self.line.give(Follow(EntryId(entry), source))

    def turn(self, times: int = 1) -> None:
        self.pacer.turn(times)


def over(play_id: int, reason: EndReason, packets_in: int) -> Ended:
    return Ended(play_id, reason, packets_in * FRAME_S)


def live(*contents: bytes) -> LivePackets:
    source = LivePackets()
    for packet in contents:
        source.append(packet)
    return source


def song(tmp_path: Path, count: int, label: int = 0) -> IndexedPackets:
    return IndexedPackets.open(write_ogg(tmp_path / f"{label}.opus", packets(count, label)))


def bridge(count: int) -> tuple[bytes, ...]:
    return tuple(packets(count, BRIDGE))


BRIDGE = 77
