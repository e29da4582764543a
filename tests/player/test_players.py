"""Many guilds in one task group: each fails alone, is closed alone, and costs nothing while it rests."""

from __future__ import annotations

from functools import partial
from itertools import count

import anyio
import pytest

from conductr_player import (
    Enqueue,
    GuildPlayer,
    Pause,
    PlaybackState,
    PlayerError,
    Players,
    Session,
    Stop,
)
from conductr_player.guilds._crew import Crew
from conductr_player.guilds._patrol import Patrol
from conductr_player.testing import FakeOutput, entries

from .crews import Calls, Changes, Crashes, outputs_of, until
from .settle import settle

pytestmark = pytest.mark.anyio


async def test_a_crash_ends_its_own_guild_only() -> None:
    crashes = Crashes()

    async def fails(session: Session, _: float) -> None:
        if session.queue.current:
            raise OSError("disk full")

    async with Players(crashes) as players:
        broken = players.open(1, FakeOutput, fails)
        sound = players.open(2, FakeOutput, Changes())
        broken.tell(Enqueue(entries("a")))
        sound.tell(Enqueue(entries("a")))
        await settle()
        assert crashes.seen == [(1, "disk full")]
        assert players.get(1) is None
        assert players.get(2) is sound
        assert sound.session.state is PlaybackState.PLAYING


async def test_an_output_that_cannot_be_looked_at_is_a_crash_of_its_guild_only() -> None:
    class Broken(FakeOutput):
        @property
        def packets_sent(self) -> int:
            raise OSError("gone")

    crashes, made = Crashes(), list[FakeOutput]()
    async with Players(crashes, look_every_s=0.001) as players:
        players.open(1, Broken, Changes()).tell(Enqueue(entries("a")))
        players.open(2, outputs_of(made), Changes()).tell(Enqueue(entries("a")))
        await until(lambda: crashes.seen == [(1, "gone")])
        seen = made[0].packets_sent
        await until(lambda: made[0].packets_sent > seen + 3)


async def test_a_last_save_that_fails_is_a_crash_too(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(session: Session, _: float) -> None:
        raise OSError("disk full")

    async def fails_too(guild_id: int, error: Exception) -> None:
        raise RuntimeError("nobody listens")

    async with Players(fails_too) as players:
        players.open(1, FakeOutput, fails)
        await players.close(1)
        await settle()
        assert players.get(1) is None
        assert "on_crash itself failed for guild 1" in caplog.text


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


async def test_a_guild_is_closed_once_however_many_ask_for_it() -> None:
    async with Players() as players:
        changes = Changes()
        players.open(1, FakeOutput, changes)
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(players.close, 1)
        assert len(changes.seen) == 1


async def test_a_guild_may_be_closed_by_its_own_callback() -> None:
    async with Players(look_every_s=0.001) as players:
        changes = Changes()
        player = players.open(1, FakeOutput, changes, on_silent=partial(players.close, 1))
        player.now = count(0.0, 200.0).__next__
        player.tell(Enqueue(entries("a")))
        player.tell(Stop())
        await until(lambda: players.get(1) is None)
        assert changes.seen[-1].state is PlaybackState.IDLE
        players.open(1, FakeOutput, changes)


async def test_what_is_at_work_is_ended_before_the_last_save() -> None:
    steps, entered = list[str](), anyio.Event()

    async def slow(session: Session, _: float) -> None:
        steps.append("begun")
        if len(steps) == 1:
            entered.set()
            try:
                await anyio.sleep_forever()
            finally:
                steps.append("cancelled")

    async with Players() as players:
        players.open(1, FakeOutput, slow).tell(Enqueue(entries("a")))
        await entered.wait()
        await players.close(1)
        assert steps == ["begun", "cancelled", "begun"]


async def test_the_end_of_all_saves_each_even_where_it_is_cancelled() -> None:
    changes = Changes()
    with anyio.CancelScope() as scope:
        async with Players() as players:
            for guild_id in range(20):
                players.open(guild_id, FakeOutput, changes).tell(Enqueue(entries("a")))
            await settle()
            changes.seen.clear()
            scope.cancel()
            await anyio.sleep_forever()
    assert len(changes.seen) == 20


async def test_work_that_is_not_begun_when_a_guild_ends_never_begins() -> None:
    done = Calls()
    async with anyio.create_task_group() as tasks:
        crew = Crew(tasks.start_soon, lambda error: None)
        crew.start(done)
        await crew.dismiss()
        crew.start(done)
        await settle()
    assert done.count == 0


async def test_a_crash_that_nobody_asks_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(session: Session, _: float) -> None:
        raise OSError("disk full")

    async with Players() as players:
        players.open(7, FakeOutput, fails).tell(Enqueue(entries("a")))
        await settle()
    assert "the player of guild 7 crashed" in caplog.text


async def test_a_guild_that_plays_or_rests_has_no_task() -> None:
    started = list[object]()
    async with anyio.create_task_group() as tasks:

        def start(work: object) -> None:
            started.append(work)
            tasks.start_soon(work)  # type: ignore[arg-type]  # noted and handed on as it is

        patrol = Patrol(tasks.start_soon, 0.001)
        player = GuildPlayer(FakeOutput, Changes())
        player.begin(start, patrol)
        player.tell(Enqueue(entries("a")))
        await settle()
        at_play = len(started)
        await anyio.sleep(0.02)  # twenty looks
        assert len(started) == at_play, "a look is not a task"
        player.tell(Pause())
        await settle()
        assert len(started) > at_play
        await player.end()
        tasks.cancel_scope.cancel()
