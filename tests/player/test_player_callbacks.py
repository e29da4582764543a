"""The shell round the state machine: what it restores, tells its output, saves and passes on."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import pytest
from attrs import evolve

from conductr_player import (
    EndReason,
    Enqueue,
    GuildPlayer,
    LinkLost,
    Report,
    Resume,
    Seek,
    Session,
    Skip,
    Started,
    from_plain,
    to_plain,
)
from conductr_player.core.inputs import BrokenTrack, Notice, SetSound
from conductr_player.core.sound import Sound
from conductr_player.testing import FakeOutput, entries

from .settle import settle
from .shells import Changes, at_play

pytestmark = pytest.mark.anyio


async def test_a_report_after_the_loop_is_over_hurts_nobody() -> None:
    async with at_play() as here:
        await settle()
    here.player.report(Started(1))
    await settle()


async def test_a_restored_session_waits_and_then_plays_from_its_position() -> None:
    async with at_play() as here:
        here.player.tell(Enqueue(entries("a", "b")))
        await settle()
        here.output.position_s = 42.0
    session, position_s = here.changes.seen[-1]
    assert position_s == 42.0, "the end saves where it was"
    session, position_s = from_plain(to_plain(session, position_s))
    async with at_play(session, position_s) as here:
        await settle()
        assert here.output.heard == []
        assert here.player.position_s == 42.0
        here.player.tell(Resume())
        await settle()
        assert here.output.heard == ["a"]
        assert here.output.position_s == 42.0


async def test_a_restored_sound_is_known_to_the_output_before_the_first_note() -> None:
    known = list[list[Sound]]()

    class Listening(FakeOutput):
        async def play(self, play_id: int, entry: object, start_s: float = 0.0) -> None:
            known.append(list(self.sounds))

    quiet = Sound(volume_percent=40)
    player = GuildPlayer(Listening, Changes(), evolve(Session(), sound=quiet))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        player.tell(Enqueue(entries("a")))
        await settle()
        player.tell(Skip())
        player.tell(Enqueue(entries("b", start=1)))
        await settle()
        assert known == [[quiet], [quiet]], "and told once"
        tasks.cancel_scope.cancel()


async def test_a_change_of_sound_reaches_the_output() -> None:
    async with at_play() as here:
        here.player.tell(Enqueue(entries("a")))
        here.player.tell(SetSound(Sound(volume_percent=50)))
        await settle()
        assert here.output.sounds[-1] == Sound(volume_percent=50)
        assert here.player.session.sound == Sound(volume_percent=50)


async def test_a_seek_is_told_with_the_new_position() -> None:
    async with at_play() as here:
        here.player.tell(Enqueue(entries("a")))
        await settle()
        here.player.tell(Seek(30.0))
        await settle()
        assert here.changes.seen[-1][1] == 30.0


async def test_a_slow_save_does_not_hold_up_the_music() -> None:
    saving, heard = anyio.Event(), list[Session]()

    async def slow(session: Session, _: float) -> None:
        heard.append(session)
        await saving.wait()

    outputs = list[FakeOutput]()

    def make_output(report: Callable[[Report | LinkLost], None]) -> FakeOutput:
        outputs.append(FakeOutput(report))
        return outputs[0]

    player = GuildPlayer(make_output, slow)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        player.tell(Enqueue(entries("a", "b", "c")))
        await settle()
        player.tell(Skip())
        player.tell(Skip())
        await settle()
        assert outputs[0].heard == ["a", "b", "c"]
        assert len(heard) == 1
        saving.set()
        await settle()
        assert heard[-1] == player.session, "and the newest is saved in the end"
        tasks.cancel_scope.cancel()


async def test_notices_that_nobody_takes_do_not_pile_up() -> None:
    asked, told = anyio.Event(), list[Notice]()

    async def slow(notice: Notice) -> None:
        told.append(notice)
        await asked.wait()

    broken = [f"broken {number}" for number in range(80)]
    outputs = list[FakeOutput]()

    def make_output(report: Callable[[Report | LinkLost], None]) -> FakeOutput:
        outputs.append(FakeOutput(report, broken=set(broken)))
        return outputs[0]

    player = GuildPlayer(make_output, Changes(), on_notice=slow)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        for number, name in enumerate(broken):
            player.tell(Enqueue(entries(name, start=number)))
            await settle()
        asked.set()
        await settle()
        assert 2 <= len(told) <= 17
        assert told[-1] == BrokenTrack(entries(broken[-1], start=79)[0], EndReason.LOAD_FAILED)
        tasks.cancel_scope.cancel()


async def test_what_a_callback_raises_is_raised_by_run_and_the_output_given_back() -> None:
    reports = list[Report]()

    class Watched(FakeOutput):
        async def aclose(self) -> None:
            reports.append(Started(0))

    async def fails(session: Session, _: float) -> None:
        raise OSError("disk full")

    player = GuildPlayer(Watched, fails)
    player.tell(Enqueue(entries("a")))
    with pytest.RaisesGroup(pytest.RaisesExc(OSError, match="disk full")):
        await player.run()
    assert reports == [Started(0)]
