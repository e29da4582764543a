"""Many guilds in one task group: each fails alone, is closed alone, and costs nothing while it rests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count

import anyio
import pytest
from attrs import define, field

from conductr_player import (
    Enqueue,
    GuildPlayer,
    LinkLost,
    LinkRestored,
    Pause,
    PlaybackState,
    PlayerError,
    Players,
    Report,
    Resume,
    Session,
    Stop,
)
from conductr_player.guilds._crew import Crew
from conductr_player.guilds._patrol import Patrol
from conductr_player.testing import FakeOutput, entries

from .settle import settle

pytestmark = pytest.mark.anyio


@define
class Changes:
    """An on_change that remembers."""

    seen: list[Session] = field(factory=list)

    async def __call__(self, session: Session, position_s: float) -> None:
        self.seen.append(session)


@define
class Crashes:
    """An on_crash that remembers."""

    seen: list[tuple[int, str]] = field(factory=list)

    async def __call__(self, guild_id: int, error: Exception) -> None:
        self.seen.append((guild_id, str(error)))


@define(eq=False)
class Calls:
    """Counts how often it is awaited."""

    count: int = 0

    async def __call__(self) -> None:
        self.count += 1


def outputs_of(made: list[FakeOutput]) -> Callable[[Callable[[Report | LinkLost], None]], FakeOutput]:
    def make_output(report: Callable[[Report | LinkLost], None]) -> FakeOutput:
        made.append(FakeOutput(report))
        return made[-1]

    return make_output


async def until(met: Callable[[], bool]) -> None:
    with anyio.fail_after(5):
        while not met():
            await anyio.sleep(0.001)


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


@define(eq=False)
class Watched:
    """A guild whose every look comes a second after the one before."""

    players: Players
    made: list[FakeOutput] = field(factory=list)
    silent: Calls = field(factory=Calls)
    reconnect: Calls = field(factory=Calls)

    def open(self) -> GuildPlayer:
        player = self.players.open(
            1, outputs_of(self.made), Changes(), on_silent=self.silent, on_reconnect=self.reconnect
        )
        player.now = count(0.0, 1.0).__next__
        return player


async def test_long_silence_is_told_once() -> None:
    async with Players(look_every_s=0.0001) as players:
        here = Watched(players)
        player = here.open()
        player.tell(Enqueue(entries("a")))
        player.tell(Stop())
        await settle()
        assert here.silent.count == 0
        await until(lambda: here.silent.count == 1)
        assert player.now() >= 300.0
        await anyio.sleep(0.01)
        asked = player.now()
        await anyio.sleep(0.05)
        assert player.now() == asked + 1, "nobody looks any more"
        assert here.silent.count == 1
        player.tell(Enqueue(entries("b", start=1)))
        player.tell(Pause())
        await until(lambda: here.silent.count == 2)


async def test_packets_that_stop_are_opened_again_where_they_stood_and_then_reconnected() -> None:
    async with Players(look_every_s=0.001) as players:
        here = Watched(players)
        player = here.open()
        player.tell(Enqueue(entries("a", "b")))
        await until(lambda: here.made != [] and here.made[0].heard == ["a"])
        here.made[0].position_s, here.made[0].stuck = 12.5, True
        await until(lambda: here.made[0].heard == ["a", "a"])
        assert player.position_s == 12.5, "once more at the same place"
        assert player.watch.reopened == 1
        await until(lambda: here.reconnect.count == 2)
        assert player.session.queue.current == entries("a")[0]
        assert player.watch.reconnects_asked >= 2
        here.made[0].stuck = False
        await until(lambda: player.watch.tries == 0)


async def test_two_hiccups_of_the_link_in_one_track_leave_it_as_it_is() -> None:
    async with Players(look_every_s=0.001) as players:
        here = Watched(players)
        player = here.open()
        player.tell(Enqueue(entries("a", "b")))
        await settle()
        for hiccup in (1, 2):
            here.made[0].refused = True
            await until(lambda hiccup=hiccup: here.reconnect.count == hiccup)
            here.made[0].refused = False
            await until(lambda: player.watch.tries == 0)
        assert here.made[0].heard == ["a"]
        assert player.watch.reopened == 0


async def test_a_song_that_is_waited_for_is_overtaken_and_goes_on_afterwards() -> None:
    async with Players(look_every_s=0.001) as players:
        here = Watched(players)
        player = here.open()
        player.tell(Enqueue(entries("a", "b")))
        await settle()
        here.made[0].position_s, here.made[0].waiting = 12.5, True
        await until(lambda: here.made[0].heard == ["a", "b"])
        here.made[0].waiting = False
        await settle()
        here.made[0].finish()
        await settle()
        assert here.made[0].heard == ["a", "b", "a"]
        assert player.position_s == 12.5


async def test_a_link_that_the_output_lost_is_asked_for_and_one_that_the_host_lost_is_not() -> None:
    async with Players(look_every_s=0.001) as players:
        here = Watched(players)
        player = here.open()
        player.tell(Enqueue(entries("a")))
        await settle()
        here.made[0].lose_link()
        await until(lambda: here.reconnect.count == 1)
        assert not player.session.linked
        assert here.made[0].paused
        here.made[0].stuck = False
        player.tell(LinkRestored())
        await settle()
        assert player.session.state is PlaybackState.PLAYING
        assert not here.made[0].paused
        assert here.made[0].heard == ["a"], "held, not begun anew"
        player.tell(Pause())
        player.tell(Resume())
        await settle()
        assert here.reconnect.count == 1


async def test_a_new_connection_is_asked_for_once_at_a_time() -> None:
    asked, reached = Calls(), anyio.Event()

    async def slow() -> None:
        await asked()
        await reached.wait()

    made = list[FakeOutput]()
    async with Players(look_every_s=0.001) as players:
        player = players.open(1, outputs_of(made), Changes(), on_reconnect=slow)
        player.now = count(0.0, 1.0).__next__
        player.tell(Enqueue(entries("a")))
        await settle()
        made[0].stuck = True
        await until(lambda: player.watch.reconnects_asked >= 3)
        assert asked.count == 1
        reached.set()
        await until(lambda: asked.count == 2)
