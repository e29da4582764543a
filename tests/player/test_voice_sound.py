"""VoiceOutput turned by hand: what it does with sounds, renditions that fail, and a loop that is busy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from attrs import define, field

from conductr_player import (
    Ended,
    EndReason,
    IndexedPackets,
    LinkLost,
    PacketSource,
    Report,
    SourceError,
    Started,
    Track,
)
from conductr_player.core.sound import PLAIN, Sound
from conductr_player.outputs.bridges import Patience
from conductr_player.outputs.output import Work
from conductr_player.outputs.studio import Renders
from conductr_player.outputs.voice import VoiceOutput
from conductr_player.pacing.line import CUT_OFF_AFTER
from conductr_player.packets.opus import SILENCE
from conductr_player.render.rendition import Rendition
from conductr_player.testing import HandPacer, ListSink, entries, numbers_of, packets, write_ogg

from .settle import settle

pytestmark = pytest.mark.anyio

A, B = entries("a", "b")
NO_SEAMS = Patience(fade_s=0.0, blend_s=0.0)  # these packets sound like nothing
QUIET, FAST = Sound(volume_percent=50), Sound(speed=2.0)


@define(eq=False)
class Studio:
    """Renders to labelled packets, when it is told to."""

    asked: list[tuple[Sound, int]] = field(factory=list[tuple[Sound, int]])
    made: list[Rendition] = field(factory=list[Rendition])
    refuses: bool = False
    at_once: int = 0  # packets that are there when it is asked

    async def of(self, source: PacketSource, sound: Sound, from_index: int = 0) -> PacketSource:
        await anyio.lowlevel.checkpoint()
        if self.refuses:
            raise SourceError("no codec")
        self.asked.append((sound, from_index))
        self.made.append(Rendition(first=from_index, speed=sound.total_speed))
        self.grow(self.at_once)
        return self.made[-1]

    def grow(self, count: int) -> None:
        """Of the rendition made last; its label is 10 and its number, its packets are told apart by their index."""
        rendition = self.made[-1]
        length = len(rendition)
        rendition.extend(packets(length + count, 10 + len(self.made))[length:])


@define(eq=False)
class Room:
    output: VoiceOutput
    pacer: HandPacer
    sink: ListSink
    reports: list[Report | LinkLost]
    working: list[Work]
    opened: list[str]

    async def turn(self, ticks: int = 1) -> None:
        await settle()
        for _ in range(ticks):
            self.pacer.turn()
            await settle()

    def heard(self, label: int) -> list[int]:
        return numbers_of(self.sink.sent, label)


@asynccontextmanager
async def room_with(
    tmp_path: Path, renditions: Renders | None, length: int = 400, patience: Patience = NO_SEAMS
) -> AsyncIterator[Room]:
    songs = {
        name: IndexedPackets.open(write_ogg(tmp_path / f"{name}.opus", packets(length, label)))
        for label, name in enumerate("ab", start=1)
    }
    working, opened = list[Work](), list[str]()

    async def open_track(track: Track) -> PacketSource:
        opened.append(track.id)
        await anyio.lowlevel.checkpoint()
        return songs[track.id]

    def start(work: Work) -> None:
        async def count() -> None:
            working.append(work)
            try:
                await work()
            finally:
                working.remove(work)

        tasks.start_soon(count)

    pacer, sink, reports = HandPacer(), ListSink(), list[Report | LinkLost]()
    async with anyio.create_task_group() as tasks:
        output = VoiceOutput(pacer, sink, open_track, reports.append, renditions, patience)
        output.begin(start)
        yield Room(output, pacer, sink, reports, working, opened)
        await output.aclose()
        tasks.cancel_scope.cancel()


async def test_what_follows_is_ready_five_seconds_before_the_end(tmp_path: Path) -> None:
    async with room_with(tmp_path, None) as room:
        await room.output.play(1, A)
        await room.turn()
        await room.output.preload(B)
        await room.turn(149)
        room.pacer.turn(260)  # the event loop has no turn any more
        assert room.sink.sent == packets(400, 1) + packets(10, 2)


async def test_a_guild_that_plays_or_rests_has_no_task(tmp_path: Path) -> None:
    async with room_with(tmp_path, None) as room:
        assert not room.working
        await room.output.play(1, A)
        await room.turn(3)
        await room.output.preload(B)
        await room.turn(3)
        assert not room.working
        await room.output.stop()
        await room.turn(3)
        assert not room.working


async def test_without_renditions_all_is_heard_as_it_is(tmp_path: Path) -> None:
    async with room_with(tmp_path, None) as room:
        await room.output.change_sound(Sound(volume_percent=50, speed=2.0, crossfade_s=2.0))
        await room.output.play(1, A)
        await room.output.preload(B)
        await room.turn(4)
        await room.output.pause()
        await room.turn(10)
        await room.output.resume()
        await room.output.seek(4.0)
        assert room.output.position_s == 4.0
        await room.turn(201)
        assert room.heard(1) == [*range(4), *range(200, 400)]
        assert room.heard(2) == [0]
        assert room.output.heard_from is not None


async def test_the_old_sound_plays_until_the_new_one_is_there(tmp_path: Path) -> None:
    studio = Studio()
    async with room_with(tmp_path, studio) as room:
        await room.output.play(1, A)
        await room.turn(10)
        await room.output.change_sound(QUIET)
        await room.turn(10)
        assert room.heard(1) == list(range(20))
        assert studio.asked == [(QUIET, 10)], "from where it stands on"
        studio.grow(30)
        await room.turn(10)
        assert room.heard(11) == list(range(20, 30))
        await room.output.change_sound(PLAIN)
        await room.turn(3)
        assert room.heard(1)[-2:] == [31, 32]
        assert SILENCE not in room.sink.sent


async def test_a_newer_change_of_sound_gives_the_older_up(tmp_path: Path) -> None:
    studio = Studio()
    async with room_with(tmp_path, studio) as room:
        await room.output.play(1, A)
        await room.turn(3)
        await room.output.change_sound(QUIET)
        await room.turn()
        await room.output.change_sound(FAST)
        await room.turn()
        studio.made[0].extend(packets(100, 11))
        studio.grow(100)
        await room.turn(5)
        assert room.heard(11) == []
        assert room.heard(12) == [2, 3, 4, 5, 6], "five packets are 0.1 s, and so are two and a half at twice the speed"
        assert room.output.position_s == pytest.approx(7 * 0.04)


async def test_a_sound_asked_for_before_the_first_play_holds_for_it_and_the_next(tmp_path: Path) -> None:
    studio = Studio(at_once=400)
    async with room_with(tmp_path, studio) as room:
        await room.output.change_sound(QUIET)
        await room.output.play(1, A)
        await room.turn(3)
        await room.output.preload(B)
        await room.turn(3)
        assert studio.asked == [(QUIET, 0), (QUIET, 0)]
        for made in studio.made:
            made.finish()
        await room.turn(400)
        assert room.heard(11) == list(range(400))
        assert room.heard(12)[:3] == [0, 1, 2]
        await room.output.change_sound(FAST)  # in the moment before its play is asked for
        await room.output.play(2, B)
        await settle()
        assert studio.asked[-1][0] == FAST
        assert room.opened == ["a", "b"]


async def test_what_is_ahead_is_made_anew_when_the_sound_changes(tmp_path: Path) -> None:
    studio = Studio(at_once=400)
    async with room_with(tmp_path, studio) as room:
        await room.output.play(1, A)
        await room.turn(3)
        await room.output.preload(B)
        await room.turn(3)
        await room.output.change_sound(QUIET)
        await room.turn(3)
        assert sorted(index for sound, index in studio.asked if sound == QUIET) == [0, 6]
        assert room.opened == ["a", "b"], "it is not opened again"


async def test_a_seek_to_what_is_not_rendered_plays_on_until_it_is(tmp_path: Path) -> None:
    studio = Studio(at_once=30)
    async with room_with(tmp_path, studio) as room:
        await room.output.change_sound(QUIET)
        await room.output.play(1, A)
        await room.turn(5)
        studio.at_once = 0
        await room.output.seek(4.0)
        assert room.output.position_s == 4.0
        await room.turn(5)
        assert room.heard(11) == list(range(10))
        assert room.output.position_s == 4.0
        await room.output.change_sound(FAST)
        await room.turn()
        assert studio.asked[1:] == [(QUIET, 200), (FAST, 100)], "a change of sound does not forget the seek"
        studio.grow(30)
        await room.turn(6)
        assert room.heard(13) == list(range(100, 106))
        assert room.output.position_s == pytest.approx(106 * 0.04)
        await room.output.seek(4.4)
        await room.turn(2)
        assert room.heard(13)[-1] in {110, 111}, "within what is there it goes at once"
        assert room.reports == [Started(1)]


async def test_a_new_play_forgets_a_seek_of_the_old(tmp_path: Path) -> None:
    studio = Studio()
    async with room_with(tmp_path, studio) as room:
        await room.output.play(1, A)
        await room.turn(3)
        await room.output.change_sound(QUIET)
        await room.output.seek(4.0)
        await room.turn()
        await room.output.play(2, B, 1.0)
        studio.grow(30)
        assert room.output.position_s == 1.0
        await room.turn(3)
        assert studio.asked[-1] == (QUIET, 50)
        assert room.heard(10 + len(studio.made) - 1) == []


@pytest.mark.parametrize("refuses", [True, False])
async def test_what_cannot_be_rendered_is_heard_as_it_is(tmp_path: Path, refuses: bool) -> None:
    studio = Studio(refuses=refuses, at_once=5)
    async with room_with(tmp_path, studio) as room:
        await room.output.change_sound(QUIET)
        await room.output.play(1, A)
        await room.turn(5)
        if not refuses:
            studio.made[0].fail(SourceError("the disk is full"))
        await room.turn(20)
        assert room.heard(1)[-1] >= 18
        assert room.reports == [Started(1)]


async def test_a_change_of_sound_that_breaks_off_leaves_what_sounds(tmp_path: Path) -> None:
    studio = Studio()
    async with room_with(tmp_path, studio) as room:
        await room.output.play(1, A)
        await room.turn(5)
        await room.output.change_sound(QUIET)
        await room.turn()
        studio.made[0].fail(SourceError("the disk is full"))
        await room.turn(10)
        assert room.heard(1) == list(range(16))


async def test_a_sink_that_is_cut_off_is_told_and_taken_up_by_resume(tmp_path: Path) -> None:
    async with room_with(tmp_path, None) as room:
        await room.output.play(1, A)
        await room.turn(5)
        room.sink.broken = OSError("gone")
        await room.turn(CUT_OFF_AFTER + 5)
        assert room.reports == [Started(1), LinkLost()]
        room.sink.broken = None
        await room.output.resume()
        await room.turn(5)
        assert room.heard(1) == list(range(10))
        assert room.output.packets_sent == 10


async def test_after_its_end_a_play_stays_where_it_ended(tmp_path: Path) -> None:
    async with room_with(tmp_path, None, length=10) as room:
        await room.output.play(1, A)
        await room.turn(20)
        assert room.reports[-1] == Ended(1, EndReason.FINISHED, 10 * 0.02)
        assert room.output.position_s == 10 * 0.02
        await room.output.seek(0.0)
        await room.turn(3)
        assert len(room.heard(1)) == 10


async def test_a_play_starts_unpaused(tmp_path: Path) -> None:
    async with room_with(tmp_path, None) as room:
        await room.output.play(1, A)
        await room.turn(3)
        await room.output.preload(B)
        await room.turn(1)
        for play_id, entry, label in ((2, B, 2), (3, A, 1)):  # one is open already, the other is not
            await room.output.pause()
            await room.turn(10)
            await room.output.play(play_id, entry)
            await room.turn(3)
            assert room.heard(label)[-3:] == [0, 1, 2]


async def test_a_skip_and_a_seek_do_not_wait_for_their_blend(tmp_path: Path) -> None:
    """No thread is free to make one."""
    threads = anyio.to_thread.current_default_thread_limiter()
    async with room_with(tmp_path, Studio(), patience=Patience(blend_s=5.0)) as room:
        await room.output.play(1, A)
        await room.turn(3)
        await room.output.preload(B)
        await room.turn(3)
        held = [object() for _ in range(int(threads.total_tokens))]
        for each in held:
            threads.acquire_on_behalf_of_nowait(each)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(room.output.seek, 4.0)
            await room.turn()
            assert room.heard(1)[-2:] == [5, 200]
            assert room.output.position_s == pytest.approx(4.0, abs=0.021)
            tasks.start_soon(room.output.play, 2, B)
            await room.turn()
            assert room.heard(2) == [0]
            tasks.cancel_scope.cancel()
        for each in held:
            threads.release_on_behalf_of(each)


async def test_what_was_ready_before_what_plays_still_follows_it(tmp_path: Path) -> None:
    class SlowAtFirst(Studio):
        go_on = anyio.Event()

        async def of(self, source: PacketSource, sound: Sound, from_index: int = 0) -> PacketSource:
            self.asked.append((sound, from_index))
            if len(self.asked) == 1:
                await self.go_on.wait()
            raise SourceError("no codec: it is heard as it is")

    studio = SlowAtFirst()
    async with room_with(tmp_path, studio, length=10) as room:
        await room.output.change_sound(QUIET)
        await room.output.play(1, A)
        await settle()
        await room.output.preload(B)
        await settle()
        studio.go_on.set()
        await room.turn(13)
        assert room.sink.sent == packets(10, 1) + packets(3, 2)
