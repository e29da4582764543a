"""A day of music in a guild takes no more memory in its last hours than in its first."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from random import Random

import anyio
import pytest
from attrs import define, field

from conductr_player import (
    Command,
    Enqueue,
    GuildPlayer,
    IndexedPackets,
    LinkLost,
    LoopMode,
    PacketSource,
    Pause,
    PlaybackState,
    Report,
    Resume,
    Session,
    SetLoop,
    Skip,
    Track,
    VoiceOutput,
)
from conductr_player.core.inputs import Previous, RemoveRange, Seek, SetSound, Shuffle
from conductr_player.core.sound import Sound
from conductr_player.guilds._patrol import Patrol
from conductr_player.testing import HandPacer, entries, packets, write_ogg

from .settle import settle

HOURS = 24
SLICE_TICKS = 1_000  # 20 s between two looks of the event loop
SLICES_AN_HOUR = 180
SONGS = 12
SOUNDS = [Sound(), Sound(volume_percent=50), Sound(volume_percent=150)]


@define(eq=False)
class Day:
    """One guild, its songs, and a clock that stands at the packets that were due."""

    songs: dict[str, IndexedPackets]
    louder: dict[tuple[int, Sound], PacketSource]
    pacer: HandPacer = field(factory=HandPacer)
    now_s: float = 0.0
    sent: int = 0
    queued: int = 0
    saves: int = 0
    rng: Random = field(factory=lambda: Random(24))

    def sink(self, packet: bytes) -> bool:
        self.sent += 1
        return True

    async def open_track(self, track: Track) -> PacketSource:
        return self.songs[track.id]

    async def of(self, source: PacketSource, sound: Sound, from_index: int = 0) -> PacketSource:
        """Every rendition is there already, as it is where a song has been played before."""
        return self.louder[id(source), sound]

    async def save(self, session: Session, position_s: float) -> None:
        self.saves += 1

    def more(self) -> Enqueue:
        self.queued += 5
        names = self.rng.choices(list(self.songs), k=5)
        return Enqueue(entries(*names, start=self.queued))

    def wish(self, session: Session) -> Command:
        """What people ask for now and then."""
        waiting, rng = session.queue.upcoming, self.rng
        if len(waiting) < 3:
            return self.more()
        if len(waiting) > 40:
            return RemoveRange(waiting[20].id, waiting[-1].id)
        return rng.choice(
            [
                Skip(),
                Previous(),
                Pause(),
                Seek(rng.uniform(0, 200)),
                SetSound(rng.choice(SOUNDS)),
                Shuffle(rng.randrange(1_000)),
                SetLoop(rng.choice([LoopMode.OFF, LoopMode.OFF, LoopMode.QUEUE])),
            ]
        )


async def live_through(day: Day) -> list[tuple[float, int]]:
    """Resident memory in KB and the number of objects, after each hour."""
    seen = list[tuple[float, int]]()

    def make_output(report: Callable[[Report | LinkLost], None]) -> VoiceOutput:
        return VoiceOutput(day.pacer, day.sink, day.open_track, report, day)

    player = GuildPlayer(make_output, day.save, now=lambda: day.now_s)
    async with anyio.create_task_group() as tasks:
        player.begin(tasks.start_soon, Patrol(tasks.start_soon, 0.001))
        for number in range(HOURS * SLICES_AN_HOUR):
            day.pacer.turn(SLICE_TICKS)
            day.now_s += SLICE_TICKS * 0.02
            if player.session.state is PlaybackState.PAUSED:
                await player.ask(Resume())
            elif number % 6 == 0:  # every two minutes
                await player.ask(day.wish(player.session))  # bridges are made in real time: the day waits for them
            await settle()
            if (number + 1) % SLICES_AN_HOUR == 0:
                seen.append(used())
        assert player.watch.reopened == player.watch.reconnects_asked == 0
        assert len(player.session.queue.history) > 20
        await player.end()
        tasks.cancel_scope.cancel()
    return seen


def used() -> tuple[float, int]:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4.096, len(gc.get_objects())


@pytest.mark.slow
@pytest.mark.timeout(300)  # 15 s of work; a busy machine may take its time
def test_memory_is_flat_over_a_day(tmp_path: Path) -> None:
    songs = dict[str, IndexedPackets]()
    louder = dict[tuple[int, Sound], PacketSource]()
    for label in range(SONGS):
        file = write_ogg(tmp_path / f"{label}.opus", packets(9_000 + 500 * label, label))
        songs[str(label)] = IndexedPackets.open(file)
        louder |= {(id(songs[str(label)]), sound): IndexedPackets.open(file) for sound in SOUNDS}
    day = Day(songs, louder)
    hours = anyio.run(live_through, day)
    assert day.sent > 0.9 * HOURS * 3_600 * 50, "it played nearly all the time"
    assert day.saves > 500
    first, last = hours[3:9], hours[-6:]
    grown_kb = min(kb for kb, _ in last) - max(kb for kb, _ in first)
    assert grown_kb < 200, hours
    assert min(count for _, count in last) - max(count for _, count in first) < 100, hours
