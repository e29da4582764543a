"""What becomes of a line whose sink fails, and of orders from elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conductr_player import (
    LinkLost,
    Started,
)
from conductr_player.pacing.line import CUT_OFF_AFTER, Line
from conductr_player.pacing.orders import Hush, Resume
from conductr_player.testing import HandPacer, numbers_of, packets

from .lines import REPLACED, Guild, song


@pytest.fixture
def guild() -> Guild:
    return Guild()


def test_a_sink_that_raises_for_a_second_is_cut_off_and_taken_up_again(guild: Guild, tmp_path: Path) -> None:
    offered = list[bytes]()

    def sink(packet: bytes) -> bool:
        offered.append(packet)
        return guild.sink(packet)

    guild.line = Line(guild.pacer, sink, guild.reports.append)
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(2)
    guild.sink.broken = OSError("gone")
    guild.turn(CUT_OFF_AFTER - 1)
    assert guild.reports == [Started(1)]
    guild.turn()
    assert guild.reports == [Started(1), LinkLost()]
    guild.turn(100)
    assert len(offered) == 2 + CUT_OFF_AFTER, "not even silence"
    assert guild.reports == [Started(1), LinkLost()], "told once"
    assert not guild.pacer.ticks
    assert guild.line.place == (1, 2)
    guild.sink.broken = None
    guild.line.give(Resume())
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 1) == [0, 1, 2, 3]
    guild.sink.broken = OSError("gone")
    guild.turn(CUT_OFF_AFTER)
    assert guild.reports[2:] == [LinkLost()], "the next time too"
    guild.sink.broken = None
    guild.play(song(tmp_path, 9, label=2), play_id=2)
    guild.turn(1)
    assert numbers_of(guild.sink.sent, 2) == [0]


def test_a_sink_that_raises_now_and_then_is_not_cut_off(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9))
    for _ in range(5):
        guild.sink.broken = OSError("again")
        guild.turn(CUT_OFF_AFTER - 1)
        guild.sink.broken = None
        guild.turn()
    guild.sink.broken = OSError("and again")
    guild.turn(CUT_OFF_AFTER - 1)
    guild.sink.broken, guild.sink.up = None, False
    guild.turn()
    guild.sink.broken, guild.sink.up = OSError("a refusal between"), True
    guild.turn(CUT_OFF_AFTER - 1)
    assert guild.reports == [Started(1)]
    assert numbers_of(guild.sink.sent, 0) == [0, 1, 2, 3, 4]


def test_a_hung_sink_is_cut_off_by_the_pacer(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9))
    guild.turn(2)
    guild.pacer.ticks.clear()  # what the pacer does with a tick that hangs
    guild.line.cut_off()
    assert guild.reports == [Started(1), LinkLost()]
    guild.line.give(Resume())
    guild.turn(2)
    assert guild.sink.sent == packets(4)


def test_an_order_given_while_the_line_goes_to_rest_is_obeyed(tmp_path: Path) -> None:
    class Slow(HandPacer):
        """Somebody gives an order in the very moment that a line leaves."""

        def remove(self, tick: Callable[[], None]) -> None:
            giver = threading.Thread(target=guild.play, args=(source,))
            giver.start()
            giver.join(0.05)
            super().remove(tick)
            givers.append(giver)

    givers = list[threading.Thread]()
    guild, source = Guild(Slow()), song(tmp_path, 2)
    guild.line.give(Hush(REPLACED))
    guild.turn()
    givers[0].join(1)
    guild.turn()
    assert guild.sink.sent == packets(1)


def test_orders_from_another_thread_are_never_lost(guild: Guild, tmp_path: Path) -> None:
    source, over_and_out = song(tmp_path, 1), threading.Event()

    def pace() -> None:
        while not over_and_out.is_set():
            guild.turn()

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    pacing = threading.Thread(target=pace)
    pacing.start()
    try:
        for play_id in range(1, 301):
            guild.play(source, play_id)
            until = time.monotonic() + 5
            while len(guild.reports) < 2 * play_id:
                assert time.monotonic() < until, f"order {play_id} was lost"
                time.sleep(0)
    finally:
        sys.setswitchinterval(usual)
        over_and_out.set()
        pacing.join()


def test_an_order_after_the_end_is_ignored(guild: Guild, tmp_path: Path) -> None:
    guild.line.close()
    guild.play(song(tmp_path, 9))
    guild.line.close()
    assert guild.reports == []
    assert not guild.pacer.ticks
