"""VoiceOutput with the real pacer: opening, gapless, skip within a tick; and a whole player upon it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from attrs import define, field

from conductr_player import (
    Ended,
    EndReason,
    Enqueue,
    GuildPlayer,
    IndexedPackets,
    LinkLost,
    LinkRestored,
    LoopMode,
    OutputError,
    PacketSource,
    Pause,
    PlaybackState,
    Report,
    Resume,
    Seek,
    Session,
    SetLoop,
    Skip,
    SourceError,
    Started,
    Stop,
    Track,
)
from conductr_player.outputs.voice import VoiceOutput
from conductr_player.pacing.pacer import Pacer
from conductr_player.packets.opus import SILENCE
from conductr_player.testing import ListSink, entries, numbers_of, packets, write_ogg

from .settle import settle

pytestmark = pytest.mark.anyio


@pytest.fixture
def pacer() -> Iterator[Pacer]:
    with Pacer() as pacer:
        yield pacer


@pytest.fixture
def songs(tmp_path: Path) -> dict[str, IndexedPackets]:
    """Tracks a to d, labelled 1 to 4: short, short, long, long."""
    lengths = {"a": 10, "b": 10, "c": 500, "d": 500}
    return {
        name: IndexedPackets.open(write_ogg(tmp_path / f"{name}.opus", packets(count, label)))
        for label, (name, count) in enumerate(lengths.items(), start=1)
    }


@define(eq=False)
class Room:
    """A player, its output, and what was sent and when."""

    player: GuildPlayer
    output: VoiceOutput
    sink: ListSink
    times: list[float]
    reports: list[Report | LinkLost]
    _news: anyio.Event = field(factory=anyio.Event)

    @property
    def ends(self) -> list[Ended]:
        return [report for report in self.reports if isinstance(report, Ended)]

    async def on_change(self, session: Session, position_s: float) -> None:
        self._news.set()

    async def until(self, met: Callable[[], bool]) -> None:
        with anyio.fail_after(5):
            while not met():
                await anyio.sleep(0.002)  # packets come from a thread that knows no event loop

    async def until_sent(self, count: int, label: int) -> None:
        await self.until(lambda: len(numbers_of(self.sink.sent, label)) >= count)


@asynccontextmanager
async def room_with(pacer: Pacer, open_track: Callable[[Track], Awaitable[PacketSource]]) -> AsyncIterator[Room]:
    times, reports = list[float](), list[Report | LinkLost]()
    sink = ListSink(on_packet=lambda _: times.append(time.monotonic()))
    outputs = list[VoiceOutput]()

    def make_output(report: Callable[[Report | LinkLost], None]) -> VoiceOutput:
        def both(what: Report | LinkLost) -> None:
            reports.append(what)
            report(what)

        outputs.append(VoiceOutput(pacer, sink, open_track, both))
        return outputs[0]

    async def on_change(session: Session, position_s: float) -> None: ...

    player = GuildPlayer(make_output, on_change)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        yield Room(player, outputs[0], sink, times, reports)
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def room_of(pacer: Pacer, songs: dict[str, IndexedPackets]) -> AsyncIterator[Room]:
    async def open_track(track: Track) -> PacketSource:
        await anyio.lowlevel.checkpoint()
        return songs[track.id]

    async with room_with(pacer, open_track) as room:
        yield room


async def test_a_queue_is_heard_from_end_to_end_without_a_missed_tick(
    pacer: Pacer, songs: dict[str, IndexedPackets]
) -> None:
    async with room_of(pacer, songs) as room:
        room.player.tell(Enqueue(entries("a", "b", "a", "b")))
        await room.until(lambda: room.player.session.state is PlaybackState.IDLE and len(room.sink.sent) == 45)
        gapless = packets(10, 1) + packets(10, 2) + packets(10, 1) + packets(10, 2)
        assert room.sink.sent == gapless + [SILENCE] * 5, "a missed tick would have sent silence"
        assert room.ends == [Ended(number, EndReason.FINISHED, 0.2) for number in (1, 2, 3, 4)]


async def test_a_busy_event_loop_makes_no_gap_between_tracks(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    async with room_of(pacer, songs) as room:
        room.player.tell(Enqueue(entries("a", "c")))
        await room.until_sent(5, 1)
        time.sleep(0.3)
        await room.until_sent(30, 2 + 1)
        assert room.sink.sent[:40] == packets(10, 1) + packets(30, 3)
        await room.until(lambda: room.player.session.state is PlaybackState.PLAYING)
        assert room.output.position_s >= 30 * 0.02


async def test_a_looped_track_goes_round_without_a_gap(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    async with room_of(pacer, songs) as room:
        room.player.tell(SetLoop(LoopMode.TRACK))
        room.player.tell(Enqueue(entries("a")))
        await room.until_sent(35, 1)
        assert room.sink.sent[:35] == (packets(10, 1) * 4)[:35]


async def test_a_skip_takes_effect_within_a_tick(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    took = list[float]()
    async with room_of(pacer, songs) as room:
        room.player.tell(Enqueue(entries(*"cdcdcdcd")))
        for number in range(7):
            label = 3 + number % 2
            sent = len(room.sink.sent)
            await room.until(lambda sent=sent: len(room.sink.sent) > sent + 3)
            asked = time.monotonic()
            room.player.tell(Skip())
            await room.until_sent(len(numbers_of(room.sink.sent, 7 - label)) + 1, 7 - label)
            first = next(
                at
                for packet, at in zip(room.sink.sent, room.times, strict=False)
                if at > asked and numbers_of([packet], 7 - label)
            )
            took.append(first - asked)
    assert sorted(took)[len(took) // 2] <= 0.022, "median; a tick is 20 ms"


async def test_skipping_while_paused_is_heard(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    async with room_of(pacer, songs) as room:
        room.player.tell(Enqueue(entries("c", "d")))
        await room.until_sent(3, 3)  # by now the next is open as well
        room.player.tell(Pause())
        await room.until(lambda: room.sink.sent[-5:] == [SILENCE] * 5)
        room.player.tell(Skip())
        await room.until_sent(3, 4)


async def test_a_pause_over_the_end_of_a_track_holds_the_next_one(
    pacer: Pacer, songs: dict[str, IndexedPackets]
) -> None:
    async with room_of(pacer, songs) as room:
        room.player.tell(Enqueue(entries("a", "c")))
        await room.until_sent(8, 1)
        time.sleep(0.1)
        room.player.tell(Pause())
        await room.until(lambda: room.sink.sent[-5:] == [SILENCE] * 5)
        room.player.tell(Resume())
        await room.until_sent(20, 3)
        heard = [packet for packet in room.sink.sent if packet != SILENCE]
        assert heard == (packets(10, 1) + packets(500, 3))[: len(heard)], "nothing twice, nothing left out"


async def test_the_first_packet_leaves_at_once(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    took = list[float]()
    async with room_of(pacer, songs) as room:
        await settle()
        for number in range(5):
            sent, asked = len(room.sink.sent), time.monotonic()
            room.player.tell(Enqueue(entries("c", start=number)))
            await room.until(lambda sent=sent: len(room.sink.sent) > sent)
            took.append(room.times[sent] - asked)
            room.player.tell(Stop())
            await room.until(lambda: room.sink.sent[-5:] == [SILENCE] * 5)
            await anyio.sleep(0.03)  # the pacer is at rest again
    assert sorted(took)[1] < 0.010, "not a tick later; others may use the machine meanwhile"


async def test_commands_do_not_wait_for_a_track_that_opens_slowly(
    pacer: Pacer, songs: dict[str, IndexedPackets]
) -> None:
    never = anyio.Event()

    async def open_track(track: Track) -> PacketSource:
        if track.id == "slow":
            await never.wait()
        return songs[track.id]

    async with room_with(pacer, open_track) as room:
        room.player.tell(Enqueue(entries("slow", "c")))
        await settle()
        assert room.player.session.state is PlaybackState.LOADING
        room.player.tell(Skip())
        await room.until_sent(3, 3)
        assert room.ends == [Ended(1, EndReason.REPLACED, 0.0)]


async def test_a_pause_while_a_track_opens_is_kept(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    ready = anyio.Event()

    async def open_track(track: Track) -> PacketSource:
        await ready.wait()
        return songs[track.id]

    async with room_with(pacer, open_track) as room:
        room.player.tell(Enqueue(entries("c")))
        room.player.tell(Seek(2.0))
        room.player.tell(Pause())
        await settle()
        assert room.player.position_s == 2.0
        ready.set()
        await anyio.sleep(0.1)  # five ticks in which nothing may be heard
        assert room.sink.sent == []
        room.player.tell(Resume())
        await room.until_sent(2, 3)
        assert room.sink.sent[0] == packets(101, 3)[100]


async def test_a_track_that_cannot_be_opened_is_passed_over(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    async def open_track(track: Track) -> PacketSource:
        if track.id == "gone":
            raise SourceError("no such file")
        return songs[track.id]

    async with room_with(pacer, open_track) as room:
        room.player.tell(Enqueue(entries("gone", "a", "gone", "c")))
        await room.until_sent(3, 3)
        assert [entry.track.id for entry in room.player.session.queue.history] == ["gone", "a", "gone"]


async def test_a_lost_link_holds_the_music_and_the_position(pacer: Pacer, songs: dict[str, IndexedPackets]) -> None:
    async with room_of(pacer, songs) as room:
        room.player.tell(Enqueue(entries("c")))
        await room.until_sent(5, 3)
        assert not room.output.refused
        room.sink.up = False
        await room.until(lambda: room.output.refused)
        room.player.tell(LinkLost())
        await settle()
        sent, position_s = len(room.sink.sent), room.player.position_s
        await anyio.sleep(0.1)
        assert room.player.position_s == position_s
        room.sink.up = True
        room.player.tell(LinkRestored())
        await room.until(lambda: len(room.sink.sent) > sent + 3)
        heard = numbers_of(room.sink.sent, 3)
        assert heard == list(range(len(heard))), "nothing is lost and nothing is heard twice"


async def test_a_closed_output_refuses_and_has_reported_every_end(
    pacer: Pacer, songs: dict[str, IndexedPackets]
) -> None:
    async with room_of(pacer, songs) as room:
        room.player.tell(Enqueue(entries("c", "d")))
        await room.until_sent(2, 3)
    assert room.reports[0] == Started(1)
    assert [(report.play_id, report.reason) for report in room.ends] == [(1, EndReason.SHUTDOWN)]
    with pytest.raises(OutputError):
        await room.output.play(9, entries("a")[0])
    await room.output.aclose()
    sent = len(room.sink.sent)
    time.sleep(0.06)
    assert len(room.sink.sent) == sent
