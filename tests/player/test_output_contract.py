"""What every Output promises, asked of each in turn."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

import anyio
import pytest
from attrs import define, evolve

from conductr_player import (
    Ended,
    EndReason,
    IndexedPackets,
    LinkLost,
    OpenTrack,
    Output,
    OutputError,
    PacketSource,
    Report,
    SourceError,
    Started,
    Track,
)
from conductr_player.core.sound import Sound
from conductr_player.outputs.broadcast import Form
from conductr_player.outputs.stream import StreamOutput
from conductr_player.outputs.voice import VoiceOutput
from conductr_player.pacing.pacer import Pacer
from conductr_player.remote import PacerProcess, StreamSpec
from conductr_player.testing import FakeOutput, ListSink, entries, packets, write_ogg

from .settle import settle

pytestmark = pytest.mark.anyio

A, B, BROKEN = entries("a", "b", "broken")
FINISHED, REPLACED, STOPPED, SHUTDOWN, LOAD_FAILED = (
    EndReason.FINISHED,
    EndReason.REPLACED,
    EndReason.STOPPED,
    EndReason.SHUTDOWN,
    EndReason.LOAD_FAILED,
)
SONG_PACKETS = 15
SONG_S = SONG_PACKETS * 0.02


@define(eq=False)
class Subject:
    output: Output
    reports: list[Report | LinkLost]
    finish: Callable[[], None]  # lets what plays come to its end

    def seen(self) -> list[Report | LinkLost]:
        """Without the positions, which each test asks for where it knows them."""
        return [evolve(each, position_s=None) if isinstance(each, Ended) else each for each in self.reports]

    async def until(self, *expected: Report) -> None:
        with anyio.fail_after(3):
            while len(self.reports) < len(expected):
                await anyio.sleep(0.002)  # reports come from another thread
        await settle()
        assert self.seen() == list(expected)

    async def until_sent(self, count: int) -> None:
        with anyio.fail_after(3):
            while self.output.packets_sent < count:
                await anyio.sleep(0.002)

    def end_of(self, play_id: int) -> float:
        """The position with which a play ended."""
        [end] = [each for each in self.reports if isinstance(each, Ended) and each.play_id == play_id]
        assert end.position_s is not None
        return end.position_s


def nothing() -> None:
    """It comes to its end by itself."""


@asynccontextmanager
async def fake(folder: Path) -> AsyncIterator[Subject]:
    reports = list[Report | LinkLost]()
    output = FakeOutput(reports.append, broken={"broken"})

    def finish() -> None:
        output.position_s = SONG_S
        output.finish()

    yield Subject(output, reports, finish)


def opener(folder: Path) -> OpenTrack:
    song = IndexedPackets.open(write_ogg(folder / "song.opus", packets(SONG_PACKETS)))

    async def open_track(track: Track) -> PacketSource:
        await anyio.lowlevel.checkpoint()
        if track.id == "broken":
            raise SourceError("broken")
        return song

    return open_track


@asynccontextmanager
async def voice(folder: Path) -> AsyncIterator[Subject]:
    reports = list[Report | LinkLost]()
    with Pacer() as pacer:
        yield Subject(VoiceOutput(pacer, ListSink(), opener(folder), reports.append), reports, nothing)


@asynccontextmanager
async def stream(folder: Path) -> AsyncIterator[Subject]:
    """With a listener, for with nobody there its music waits."""
    reports = list[Report | LinkLost]()
    with Pacer() as pacer:
        output = StreamOutput(pacer, opener(folder), reports.append)
        async with aclosing(await output.listen(Form.WEBM)) as sound:
            await anext(sound)
            yield Subject(output, reports, nothing)


PROCESS = PacerProcess()


@pytest.fixture(scope="module", autouse=True)
def pacer_process() -> Iterator[None]:
    """One for all: it takes its time to start."""
    with PROCESS:
        yield


@asynccontextmanager
async def remote(folder: Path) -> AsyncIterator[Subject]:
    reports = list[Report | LinkLost]()
    reader, writer = os.pipe()  # takes more than is played here
    output = VoiceOutput(PROCESS, StreamSpec(writer), opener(folder), reports.append)
    yield Subject(output, reports, nothing)
    os.close(reader)
    os.close(writer)


OUTPUTS: list[Callable[[Path], AbstractAsyncContextManager[Subject]]] = [fake, voice, stream, remote]


@pytest.fixture(params=OUTPUTS, ids=lambda make: make.__name__)
async def subject(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Subject]:
    async with request.param(tmp_path) as subject, anyio.create_task_group() as tasks:
        subject.output.begin(tasks.start_soon)
        yield subject
        await subject.output.aclose()
        tasks.cancel_scope.cancel()


async def test_started_then_finished(subject: Subject) -> None:
    await subject.output.play(1, A)
    await subject.until(Started(1))
    subject.finish()
    await subject.until(Started(1), Ended(1, FINISHED))
    assert subject.end_of(1) == pytest.approx(SONG_S)


async def test_a_newer_play_ends_the_older_once(subject: Subject) -> None:
    await subject.output.play(1, A)
    await subject.until(Started(1))
    await subject.output.play(2, B)
    await subject.until(Started(1), Ended(1, REPLACED), Started(2))
    await subject.output.stop()
    await subject.until(Started(1), Ended(1, REPLACED), Started(2), Ended(2, STOPPED))
    await subject.output.stop()
    await subject.output.aclose()
    assert len(subject.reports) == 4
    assert 0 <= subject.end_of(1) <= SONG_S


async def test_a_track_that_cannot_be_played_has_failed(subject: Subject) -> None:
    await subject.output.play(1, BROKEN, 0.1)
    await subject.until(Ended(1, LOAD_FAILED))
    assert subject.end_of(1) == pytest.approx(0.1), "where the retry is to begin"


async def test_the_position_is_known_at_once(subject: Subject) -> None:
    await subject.output.play(1, A, 0.1)
    assert subject.output.position_s == pytest.approx(0.1)
    await subject.until(Started(1))
    assert subject.output.position_s >= 0.1 - 1e-9
    await subject.output.pause()
    await subject.output.seek(0.02)
    assert subject.output.position_s == pytest.approx(0.02)


async def test_closing_ends_what_plays_and_may_be_repeated(subject: Subject) -> None:
    await subject.output.play(1, A)
    await subject.until(Started(1))
    await subject.output.aclose()
    await subject.output.aclose()
    assert subject.seen() == [Started(1), Ended(1, SHUTDOWN)]
    with pytest.raises(OutputError):
        await subject.output.play(2, A)


async def test_naming_what_comes_next_starts_nothing(subject: Subject) -> None:
    await subject.output.play(1, A)
    await subject.output.preload(B)
    await subject.output.preload(None)
    await subject.until(Started(1))
    await subject.output.preload(BROKEN)
    await subject.until(Started(1))


async def test_packets_are_counted_while_they_leave(subject: Subject) -> None:
    assert subject.output.packets_sent == 0
    await subject.output.play(1, A)
    await subject.until_sent(3)
    assert not subject.output.waiting
    await subject.output.pause()
    await anyio.sleep(0.15)  # five packets of silence are counted too
    sent = subject.output.packets_sent
    await anyio.sleep(0.05)
    assert subject.output.packets_sent == sent, "nothing leaves in a pause"
    await subject.output.resume()
    await subject.until_sent(sent + 3)


async def test_a_change_of_sound_ends_nothing(subject: Subject) -> None:
    await subject.output.change_sound(Sound(crossfade_s=1.0))
    await subject.output.play(1, A)
    await subject.until(Started(1))
    await subject.output.change_sound(Sound())
    sent = subject.output.packets_sent
    await subject.until_sent(sent + 3)
    assert subject.seen() == [Started(1)]
