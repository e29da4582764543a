"""The shell round the state machine: one inbox, no task at rest, one guild."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import anyio
import pytest

from conductr_player import (
    Ended,
    EndReason,
    Enqueue,
    GuildPlayer,
    LinkLost,
    OutputError,
    Pause,
    PlaybackState,
    PlayerBusy,
    PlayerError,
    Report,
    Resume,
    Skip,
    Started,
)
from conductr_player.core.inputs import BrokenTrack, Jump
from conductr_player.core.refusals import UnknownEntry
from conductr_player.core.session import Stale
from conductr_player.core.tracks import EntryId
from conductr_player.errors import CommandRefused
from conductr_player.guilds.player import INBOX_LIMIT
from conductr_player.testing import FakeOutput, entries

from .settle import settle
from .shells import Changes, at_play

pytestmark = pytest.mark.anyio


async def test_a_broken_track_is_passed_over_and_people_are_told() -> None:
    async with at_play() as here:
        here.output.broken.add("b")
        a, b, c = entries("a", "b", "c")
        here.player.tell(Enqueue((a, b, c)))
        await settle()
        here.output.finish()
        await settle()
        assert here.output.heard == ["a", "c"]
        assert here.notices.seen == [BrokenTrack(b, EndReason.LOAD_FAILED)]
        here.player.tell(Skip())
        await settle()
        assert here.player.session.state is PlaybackState.IDLE


async def test_a_track_that_fails_while_paused_leaves_it_quiet_until_resume() -> None:
    async with at_play() as here:
        here.player.tell(Enqueue(entries("a", "b")))
        here.player.tell(Pause())
        await settle()
        here.output.fail()
        await settle()
        assert here.output.heard == ["a"]
        here.player.tell(Resume())
        await settle()
        assert len(here.output.heard) == 2


async def test_an_output_that_refuses_is_a_failed_track() -> None:
    class Refusing(FakeOutput):
        async def play(self, play_id: int, entry: object, start_s: float = 0.0) -> None:
            raise OutputError("no voice")

    player = GuildPlayer(Refusing, Changes())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        player.tell(Enqueue(entries(*"abcdef")))
        await settle()
        assert player.session.state is PlaybackState.IDLE
        tasks.cancel_scope.cancel()


async def test_who_asked_is_told_where_the_player_breaks_on_it() -> None:
    def stopped() -> float:
        raise OSError("the clock is gone")

    told = anyio.Event()
    player = GuildPlayer(FakeOutput, Changes())

    async def ask() -> None:
        await player.ask(Enqueue(entries("a")))
        player.now = stopped
        with anyio.fail_after(5), pytest.raises(PlayerError, match="the clock is gone"):
            await player.ask(Skip())
        told.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        with pytest.RaisesGroup(pytest.RaisesExc(OSError, match="the clock is gone")):
            await player.run()
        with anyio.fail_after(5):
            await told.wait()


async def test_a_full_inbox_refuses_commands_and_takes_reports() -> None:
    player = GuildPlayer(FakeOutput, Changes())
    for _ in range(INBOX_LIMIT):
        player.tell(Skip())
    with pytest.raises(PlayerBusy):
        player.tell(Skip())
    with pytest.raises(PlayerBusy):
        await player.ask(Skip())
    player.report(Started(1))


async def test_what_was_asked_before_it_began_is_done_then() -> None:
    outputs = list[FakeOutput]()

    def make_output(report: Callable[[Report | LinkLost], None]) -> FakeOutput:
        outputs.append(FakeOutput(report))
        return outputs[0]

    player = GuildPlayer(make_output, Changes())
    player.tell(Enqueue(entries("a")))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        await settle()
        assert outputs[0].heard == ["a"]
        tasks.cancel_scope.cancel()


async def test_a_refusal_reaches_whoever_asked_and_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="conductr_player.guilds.player")
    async with at_play() as here:
        here.player.tell(Enqueue(entries("a", "b")))
        here.player.tell(Jump(EntryId("gone")))
        with pytest.raises(UnknownEntry):
            await here.player.ask(Jump(EntryId("gone")))
        session = await here.player.ask(Skip())
        assert session.queue.current == entries("a", "b")[1]
        assert here.output.heard == ["a", "b"], "it plays on"
    assert [record.levelno for record in caplog.records] == [logging.DEBUG] * 2


async def test_a_stale_command_is_refused_with_the_fresh_session() -> None:
    async with at_play() as here:
        seen = await here.player.ask(Enqueue(entries("a", "b", "c")))
        await settle()
        seen = here.player.session
        here.player.tell(Skip(), expected=seen.version)
        here.player.tell(Skip(), expected=seen.version)
        with pytest.raises(Stale) as refused:
            await here.player.ask(Skip(), expected=seen.version)
        assert here.player.session.queue.current == entries("a", "b", "c")[1], "one of three was taken"
        assert refused.value.session.version > seen.version
        assert refused.value.session.queue == here.player.session.queue
        await here.player.ask(Skip(), expected=here.player.session.version)


async def test_who_asks_gets_the_session_of_that_moment() -> None:
    async with at_play() as here:
        sizes = list[int]()

        async def ask(name: str, number: int) -> None:
            sizes.append(len((await here.player.ask(Enqueue(entries(name, start=number)))).queue.entries()))

        async with anyio.create_task_group() as tasks:
            for number, name in enumerate("abc"):
                tasks.start_soon(ask, name, number)
        assert sorted(sizes) == [1, 2, 3], "not the newest for each"


async def test_who_asks_a_player_that_ends_is_not_left_waiting() -> None:
    player = GuildPlayer(FakeOutput, Changes())
    refusals = list[PlayerError]()

    async def ask() -> None:
        try:
            await player.ask(Skip())
        except PlayerError as error:
            refusals.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await settle()
        await player.end()
    assert len(refusals) == 1
    await ask()
    assert len(refusals) == 2
    assert not isinstance(refusals[0], CommandRefused), "it was not the command's fault"
    player.tell(Skip())


async def test_reports_from_other_threads_arrive_in_order() -> None:
    async with at_play() as here:
        here.player.tell(Enqueue(entries("a", "b")))
        await settle()

        def from_the_pacer() -> None:
            here.player.report(Started(1))
            here.player.report(Ended(1, EndReason.FINISHED))

        thread = threading.Thread(target=from_the_pacer)
        thread.start()
        await anyio.to_thread.run_sync(thread.join)
        with anyio.fail_after(2):
            while here.output.heard != ["a", "b"]:
                await anyio.lowlevel.checkpoint()
