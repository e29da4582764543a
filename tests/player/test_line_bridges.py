"""What leaves at each tick where one sound fades into another, without thread or clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductr_player import (
    EndReason,
    Started,
)
from conductr_player.core.tracks import EntryId
from conductr_player.pacing.line import SILENCE_FRAMES
from conductr_player.pacing.orders import Amend, Hush, Jump, Lead, Pause, Resume, Take
from conductr_player.packets.opus import SILENCE
from conductr_player.testing import numbers_of, packets

from .lines import BRIDGE, REPLACED, Guild, bridge, over, song


@pytest.fixture
def guild() -> Guild:
    return Guild()


@pytest.mark.parametrize(
    ("from_index", "of_the_bridge", "of_the_song"),
    [
        (3, [0, 1, 2], [13, 14]),  # in time
        (1, [2], [13, 14, 15, 16]),  # two packets late: its first two are left out
        (0, [], [10, 11, 12, 13, 14]),  # past it
        (4, [], [10, 11, 12, 13, 14]),  # made for a place that is not reached
    ],
)
def test_a_bridge_stands_for_the_first_packets_of_what_comes(
    guild: Guild, tmp_path: Path, from_index: int, of_the_bridge: list[int], of_the_song: list[int]
) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.line.give(Take(2, EntryId("b"), song(tmp_path, 20, label=2), 10, Lead(bridge(3), from_index)))
    guild.turn(5)
    assert numbers_of(guild.sink.sent, 1) == [0, 1, 2]
    assert numbers_of(guild.sink.sent[3:], BRIDGE) == of_the_bridge
    assert numbers_of(guild.sink.sent[3:], 2) == of_the_song
    assert guild.line.place == (2, of_the_song[-1] + 1)
    assert guild.reports == [Started(1), over(1, REPLACED, 3), Started(2)]


def test_from_silence_there_is_nothing_to_bridge(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, EntryId("b"), song(tmp_path, 9), 0, Lead(bridge(3), 0)))
    guild.turn(2)
    assert guild.sink.sent == packets(2)


def test_a_seek_with_a_bridge_stays_in_the_same_play(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 100, label=1)
    guild.play(source)
    guild.turn(3)
    guild.line.give(Jump(1, source, 50, Lead(bridge(2), 3)))
    guild.turn(4)
    assert numbers_of(guild.sink.sent, BRIDGE) == [0, 1]
    assert numbers_of(guild.sink.sent, 1) == [0, 1, 2, 52, 53]
    assert guild.line.place == (1, 54)
    guild.line.give(Jump(2, source, 0))
    guild.turn()
    assert numbers_of(guild.sink.sent, 1)[-1] == 54, "a seek in a play that is over, or not yet begun, is none"


def test_a_bridge_may_come_after_its_order_but_not_after_its_tick(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 100, label=1)
    guild.play(source)
    guild.turn(3)
    guild.line.give(Jump(1, source, 50))
    guild.line.give(Resume())  # other orders in between are as nothing
    guild.line.give(Amend(1, Lead(bridge(2), 3)))
    guild.line.give(Amend(9, Lead(tuple(packets(3, 9)), 3)))
    guild.turn(4)
    assert guild.sink.sent == [*packets(3, 1), *bridge(2), *packets(54, 1)[52:]]
    guild.line.give(Take(2, EntryId("b"), song(tmp_path, 20, label=2), 10))
    guild.turn()
    guild.line.give(Amend(2, Lead(bridge(3), 54)))
    guild.turn()
    assert guild.sink.sent[-2:] == packets(12, 2)[10:], "too late: it is heard already"


def test_a_bridge_alone_wakes_no_line_that_rests(guild: Guild) -> None:
    guild.line.give(Amend(1, Lead(bridge(3), 0)))
    assert not guild.pacer.ticks


def test_a_pause_fades_and_holds_the_place_where_it_came(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.line.give(Pause(Lead(bridge(4), 2)))
    guild.turn(20)
    assert numbers_of(guild.sink.sent, BRIDGE) == [1, 2, 3]
    assert guild.sink.sent[6:] == [SILENCE] * SILENCE_FRAMES
    assert guild.line.place == (1, 3)
    guild.line.give(Pause(Lead(bridge(4), 3)))
    guild.turn(5)
    assert len(guild.sink.sent) == 6 + SILENCE_FRAMES, "what is silent already does not fade"
    guild.line.give(Resume())
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 1) == [0, 1, 2, 3, 4]
    assert guild.line.packets_sent == len(guild.sink.sent)


def test_a_resume_within_the_fade_goes_on_at_once(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.line.give(Pause(Lead(bridge(8), 3)))
    guild.turn(2)
    guild.line.give(Resume())
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 1) == [0, 1, 2, 3, 4]
    assert SILENCE not in guild.sink.sent


def test_a_fade_that_nobody_hears_is_given_up(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.sink.up = False
    guild.line.give(Pause(Lead(bridge(8), 3)))
    guild.turn(20)
    assert not guild.pacer.ticks, "it does not wait for the link with it"
    guild.sink.up = True
    guild.line.give(Resume())
    guild.turn(1)
    assert guild.sink.sent == packets(4, 1)


def test_a_stop_is_reported_at_once_and_fades(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.follow_with(song(tmp_path, 9, label=2))
    guild.turn(3)
    guild.line.give(Hush(EndReason.STOPPED, Lead(bridge(2), 3)))
    guild.turn()
    assert guild.reports == [Started(1), over(1, EndReason.STOPPED, 3)]
    guild.turn(20)
    assert guild.sink.sent[3:] == [*bridge(2), *[SILENCE] * SILENCE_FRAMES]
    assert not guild.pacer.ticks


def test_a_play_may_begin_within_a_fade(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.line.give(Hush(REPLACED, Lead(bridge(8), 3)))
    guild.turn(2)
    guild.play(song(tmp_path, 9, label=2), play_id=2)
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 2) == [0, 1]
    assert SILENCE not in guild.sink.sent
