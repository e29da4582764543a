"""A link that an output loses, with real parts: it is asked for, and the music goes on in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest
from attrs import define, field

from conductr_player import (
    Enqueue,
    GuildPlayer,
    IndexedPackets,
    LinkLost,
    LinkRestored,
    PacketSource,
    PlaybackState,
    Players,
    Report,
    Session,
    Track,
)
from conductr_player.outputs.voice import VoiceOutput
from conductr_player.pacing.pacer import Pacer
from conductr_player.packets.opus import SILENCE
from conductr_player.testing import entries, numbers_of, packets, write_ogg

pytestmark = pytest.mark.anyio


@define(eq=False)
class Link:
    """A sink whose link may break, in one of two ways, and a host that mends it when it is asked."""

    sent: list[bytes] = field(factory=list[bytes])
    broken: bool = False
    hangs_in_silence: bool = False
    asked: int = 0
    released: threading.Event = field(factory=threading.Event)
    player: GuildPlayer = field(init=False)

    def __call__(self, packet: bytes) -> bool:
        if self.broken:
            raise OSError("no link")
        if self.hangs_in_silence and packet == SILENCE:
            self.released.wait(10)
            return False
        self.sent.append(packet)
        return True

    async def mend(self) -> None:
        self.asked += 1
        self.broken = self.hangs_in_silence = False
        self.released.set()
        self.player.tell(LinkRestored())

    def heard(self, label: int) -> list[int]:
        return numbers_of(self.sent, label)


@pytest.fixture
def pacer() -> Iterator[Pacer]:
    with Pacer() as pacer:
        yield pacer


@pytest.fixture
def songs(tmp_path: Path) -> dict[str, IndexedPackets]:
    lengths = {"short": 5, "long": 500}
    return {
        name: IndexedPackets.open(write_ogg(tmp_path / f"{name}.opus", packets(count, label)))
        for label, (name, count) in enumerate(lengths.items(), start=1)
    }


def opened(players: Players, pacer: Pacer, songs: dict[str, IndexedPackets], link: Link) -> GuildPlayer:
    async def open_track(track: Track) -> PacketSource:
        return songs[track.id]

    def make_output(report: Callable[[Report | LinkLost], None]) -> VoiceOutput:
        return VoiceOutput(pacer, link, open_track, report)

    async def on_change(session: Session, position_s: float) -> None: ...

    link.player = players.open(1, make_output, on_change, on_reconnect=link.mend)
    return link.player


async def until(met: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not met():
            await anyio.sleep(0.005)


async def test_a_sink_that_raises_for_a_second_is_mended_and_the_song_goes_on_where_it_was(
    pacer: Pacer, songs: dict[str, IndexedPackets]
) -> None:
    link = Link()
    async with Players(look_every_s=0.05) as players:
        player = opened(players, pacer, songs, link)
        player.tell(Enqueue(entries("long")))
        await until(lambda: len(link.heard(2)) > 5)
        link.broken = True
        await until(lambda: link.asked > 0)
        lost_at = len(link.heard(2))
        await until(lambda: len(link.heard(2)) > lost_at + 10)
        heard = link.heard(2)
        assert heard == list(range(len(heard))), "nothing is lost and nothing is heard twice"
        assert player.session.state is PlaybackState.PLAYING
        assert link.asked == 1


async def test_a_link_that_was_lost_in_an_idle_guild_is_mended_when_music_is_wanted(
    pacer: Pacer, songs: dict[str, IndexedPackets]
) -> None:
    link = Link(hangs_in_silence=True)
    async with Players(look_every_s=0.05) as players:
        player = opened(players, pacer, songs, link)
        player.tell(Enqueue(entries("short")))
        await until(lambda: not player.session.linked)
        assert player.session.state is PlaybackState.IDLE
        assert link.asked == 0, "nobody misses it"
        player.tell(Enqueue(entries("long", start=1)))
        await until(lambda: len(link.heard(2)) > 10)
        assert link.asked == 1
