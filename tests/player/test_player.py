"""The shell round the state machine: one inbox, one task, one guild."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import pytest
from attrs import define, field

from conductr_player import (
    Ended,
    EndReason,
    Enqueue,
    GuildPlayer,
    OutputError,
    Pause,
    PlaybackState,
    PlayerBusy,
    PlayerError,
    Players,
    Report,
    Resume,
    Seek,
    Session,
    Skip,
    Started,
    Stop,
    from_plain,
    to_plain,
)
from conductr_player.player import INBOX_LIMIT
from conductr_player.testing import FakeOutput, entries

from .settle import settle

pytestmark = pytest.mark.anyio


@define
class Changes:
    """An on_change that remembers."""

    seen: list[tuple[Session, float]] = field(factory=list)

    async def __call__(self, session: Session, position_s: float) -> None:
        self.seen.append((session, position_s))


@define
class Setting:
    player: GuildPlayer
    output: FakeOutput
    changes: Changes


@asynccontextmanager
async def at_play(session: Session | None = None, start_at_s: float = 0.0) -> AsyncIterator[Setting]:
    changes, outputs = Changes(), list[FakeOutput]()

    def make_output(report: Callable[[Report], None]) -> FakeOutput:
        outputs.append(FakeOutput(report))
        return outputs[0]

    player = GuildPlayer(make_output, changes, session or Session(), start_at_s)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        yield Setting(player, outputs[0], changes)
        tasks.cancel_scope.cancel()


async def test_a_broken_track_is_passed_over() -> None:
    async with at_play() as here:
        here.output.broken.add("b")
        here.player.tell(Enqueue(entries("a", "b", "c")))
        await settle()
        here.output.finish()
        await settle()
        assert here.output.heard == ["a", "c"]
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
        assert here.output.heard == ["a", "b"]


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


async def test_a_full_inbox_refuses_commands_and_takes_reports() -> None:
    player = GuildPlayer(FakeOutput, Changes())
    for _ in range(INBOX_LIMIT):
        player.tell(Skip())
    with pytest.raises(PlayerBusy):
        player.tell(Skip())
    player.report(Started(1))


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


async def test_a_report_after_the_loop_is_over_hurts_nobody() -> None:
    async with at_play() as here:
        await settle()
    here.player.report(Started(1))


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

    def make_output(report: Callable[[Report], None]) -> FakeOutput:
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


async def test_long_silence_is_told_once() -> None:
    clock, silences = [0.0], list[float]()

    async def on_silent() -> None:
        silences.append(clock[0])

    player = GuildPlayer(FakeOutput, Changes(), now=lambda: clock[0], on_silent=on_silent)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        player.tell(Enqueue(entries("a")))
        player.tell(Stop())
        await settle()
        assert player.session.leave_at == 300.0
        clock[0] = 299.99
        player.tell(Stop())
        with anyio.fail_after(2):
            while not silences:  # 10 ms on the real clock remain
                clock[0] = 300.0
                await anyio.sleep(0.001)
        await settle()
        assert silences == [300.0]
        tasks.cancel_scope.cancel()


async def test_a_crash_ends_its_own_guild_only() -> None:
    crashes = list[tuple[int, str]]()

    async def on_crash(guild_id: int, error: Exception) -> None:
        crashes.append((guild_id, str(error)))

    async def fails(session: Session, _: float) -> None:
        if session.queue.current:
            raise OSError("disk full")

    async with Players(on_crash) as players:
        broken = players.open(1, FakeOutput, fails)
        sound = players.open(2, FakeOutput, Changes())
        broken.tell(Enqueue(entries("a")))
        sound.tell(Enqueue(entries("a")))
        await settle()
        assert crashes == [(1, "disk full")]
        assert players.get(1) is None
        assert players.get(2) is sound
        assert sound.session.state is PlaybackState.PLAYING


async def test_a_closed_guild_can_be_opened_again() -> None:
    async with Players() as players:
        changes = Changes()
        players.open(1, FakeOutput, changes)
        with pytest.raises(PlayerError):
            players.open(1, FakeOutput, changes)
        await players.close(1)
        assert players.get(1) is None
        assert changes.seen
        await players.close(1)
        players.open(1, FakeOutput, changes)
