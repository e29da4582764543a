"""What every Output promises, asked of each in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest
from attrs import define

from conductr_player import (
    Ended,
    EndReason,
    IndexedPackets,
    Output,
    PacketSource,
    Report,
    SourceError,
    Started,
    Track,
)
from conductr_player.pacer import Pacer
from conductr_player.testing import FakeOutput, ListSink, entries, packets, write_ogg
from conductr_player.voice import VoiceOutput

from .settle import settle

pytestmark = pytest.mark.anyio

A, B, BROKEN = entries("a", "b", "broken")
FINISHED, SKIPPED, FAILED = EndReason.FINISHED, EndReason.SKIPPED, EndReason.FAILED


@define(eq=False)
class Subject:
    output: Output
    reports: list[Report]
    finish: Callable[[], None]  # lets what plays come to its end

    async def until(self, *expected: Report) -> None:
        with anyio.fail_after(3):
            while len(self.reports) < len(expected):
                await anyio.sleep(0.002)  # reports come from another thread
        await settle()
        assert self.reports == list(expected)


def fake(reports: list[Report]) -> Subject:
    output = FakeOutput(reports.append, broken={"broken"})
    return Subject(output, reports, output.finish)


@pytest.fixture(params=["FakeOutput", "VoiceOutput"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    reports = list[Report]()
    if request.param == "FakeOutput":
        yield fake(reports)
        return
    song = IndexedPackets.open(write_ogg(tmp_path / "song.opus", packets(15)))

    async def open_track(track: Track) -> PacketSource:
        await anyio.lowlevel.checkpoint()
        if track.id == "broken":
            raise SourceError("broken")
        return song

    with Pacer() as pacer:
        yield Subject(VoiceOutput(pacer, ListSink(), open_track, reports.append), reports, lambda: None)


async def test_started_then_finished(subject: Subject) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(subject.output.run)
        await subject.output.play(1, A)
        await subject.until(Started(1))
        subject.finish()
        await subject.until(Started(1), Ended(1, FINISHED))
        tasks.cancel_scope.cancel()


async def test_a_newer_play_ends_the_older_once(subject: Subject) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(subject.output.run)
        await subject.output.play(1, A)
        await subject.until(Started(1))
        await subject.output.play(2, B)
        await subject.until(Started(1), Ended(1, SKIPPED), Started(2))
        await subject.output.stop()
        await subject.until(Started(1), Ended(1, SKIPPED), Started(2), Ended(2, SKIPPED))
        await subject.output.stop()
        await subject.output.aclose()
        assert len(subject.reports) == 4
        tasks.cancel_scope.cancel()


async def test_a_track_that_cannot_be_played_has_failed(subject: Subject) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(subject.output.run)
        await subject.output.play(1, BROKEN)
        await subject.until(Ended(1, FAILED))
        tasks.cancel_scope.cancel()


async def test_the_position_is_known_at_once(subject: Subject) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(subject.output.run)
        await subject.output.play(1, A, 0.1)
        assert subject.output.position_s == pytest.approx(0.1)
        await subject.until(Started(1))
        assert subject.output.position_s >= 0.1 - 1e-9
        await subject.output.pause()
        await subject.output.seek(0.02)
        assert subject.output.position_s == pytest.approx(0.02)
        tasks.cancel_scope.cancel()


async def test_closing_ends_what_plays_and_may_be_repeated(subject: Subject) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(subject.output.run)
        await subject.output.play(1, A)
        await subject.until(Started(1))
        await subject.output.aclose()
        await subject.output.aclose()
        assert subject.reports == [Started(1), Ended(1, SKIPPED)]
        tasks.cancel_scope.cancel()


async def test_naming_what_comes_next_starts_nothing(subject: Subject) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(subject.output.run)
        await subject.output.play(1, A)
        await subject.output.preload(B)
        await subject.output.preload(None)
        await subject.until(Started(1))
        await subject.output.preload(BROKEN)
        await subject.until(Started(1))
        tasks.cancel_scope.cancel()
