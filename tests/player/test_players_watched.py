"""Many guilds in one task group: who sits silent or loses their sound is looked after."""

from __future__ import annotations

from itertools import count

import anyio
import pytest

from conductr_player import (
    Enqueue,
    LinkRestored,
    Pause,
    PlaybackState,
    Players,
    Resume,
    Stop,
)
from conductr_player.testing import FakeOutput, entries

from .crews import Calls, Changes, Watched, outputs_of, until
from .settle import settle

pytestmark = pytest.mark.anyio


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
