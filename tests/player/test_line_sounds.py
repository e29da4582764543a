"""What leaves at each tick when the sound changes amid a song, without thread or clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductr_player import (
    SourceError,
    Started,
)
from conductr_player.core.tracks import EntryId
from conductr_player.pacing.orders import Follow, Lead, Pause, Resume, Switch, Take, Unfollow
from conductr_player.packets.opus import SILENCE
from conductr_player.render.rendition import Rendition
from conductr_player.testing import numbers_of, packets

from .lines import BRIDGE, FINISHED, Guild, bridge, live, over, song


@pytest.fixture
def guild() -> Guild:
    return Guild()


def test_the_old_sound_plays_on_until_the_new_one_has_come_so_far(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 100, label=1))
    guild.turn(3)
    other = Rendition(first=4)
    guild.line.give(Switch(1, other))
    guild.turn(2)
    other.extend(packets(3, 2))
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 1) == [0, 1, 2, 3, 4, 5], "the next packet was taken already"
    assert numbers_of(guild.sink.sent, 2) == [2], "the same moment: its packet 6"
    assert guild.line.place == (1, 7)
    assert guild.reports == [Started(1)]


def test_a_faster_rendition_goes_on_at_the_same_moment_of_the_track(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 300, label=1), index=100)
    guild.turn(10)
    fast = Rendition(speed=1.25)
    fast.extend(packets(240, 2))
    guild.line.give(Switch(1, fast))
    guild.turn()
    assert numbers_of(guild.sink.sent, 2) == [88], "110 packets are 2.2 s, and so are 88 at 1.25"
    assert guild.line.speed == 1.25
    assert guild.line.place == (1, 89)


def test_a_later_change_of_sound_replaces_one_that_waits(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 100, label=1)
    guild.play(source)
    guild.turn(2)
    never, soon = Rendition(), Rendition()
    guild.line.give(Switch(1, never))
    guild.line.give(Switch(1, soon))
    never.extend(packets(100, 2))
    soon.extend(packets(100, 2))
    guild.turn()
    guild.line.give(Switch(1, source))
    guild.turn()
    assert numbers_of(guild.sink.sent, 1) == [0, 1, 3], "and back to what it was"
    guild.line.give(Switch(9, never))
    guild.turn()
    assert numbers_of(guild.sink.sent, 2) == [2], "a change in a play that is over is none"


@pytest.mark.parametrize("broken", [True, False])
def test_a_rendition_that_will_never_come_so_far_changes_nothing(guild: Guild, tmp_path: Path, broken: bool) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    other = Rendition()
    if broken:
        other.fail(SourceError("no codec"))
    else:
        other.extend(packets(1))
        other.finish()
    guild.line.give(Switch(1, other))
    guild.turn(6)
    assert numbers_of(guild.sink.sent, 1) == list(range(9))
    assert guild.reports[-1] == over(1, FINISHED, 9)


def test_a_change_of_sound_while_paused_is_heard_at_the_resume(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.line.give(Pause())
    guild.line.give(Switch(1, song(tmp_path, 9, label=2)))
    guild.turn(20)
    guild.line.give(Resume())
    guild.turn()
    assert numbers_of(guild.sink.sent, 2) == [3]


def test_a_bridge_is_heard_to_its_end_before_the_sound_changes(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.line.give(Take(2, EntryId("b"), song(tmp_path, 9, label=2), 0, Lead(bridge(3), 3)))
    guild.line.give(Switch(2, song(tmp_path, 9, label=3)))
    guild.turn(5)
    assert numbers_of(guild.sink.sent, BRIDGE) == [0, 1, 2]
    assert numbers_of(guild.sink.sent, 3) == [3, 4]


def test_a_stalled_stream_is_left_for_a_rendition_that_is_further(guild: Guild, tmp_path: Path) -> None:
    guild.play(live(*packets(3, 1)))
    guild.turn(5)
    assert guild.line.waiting
    guild.line.give(Switch(1, song(tmp_path, 9, label=2)))
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 2) == [3, 4]


def test_a_rendition_begun_in_the_middle_is_played_from_its_first_packet(guild: Guild) -> None:
    source = Rendition(first=5)
    source.extend(packets(1))
    guild.play(source)
    guild.turn()
    assert guild.line.place == (1, 6)


def test_a_cross_fade_takes_over_before_the_end(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 10, label=1))
    guild.turn(2)
    guild.line.give(Follow(EntryId("e2"), song(tmp_path, 10, label=2), bridge(3)))
    guild.turn(7)
    assert numbers_of(guild.sink.sent, 1) == list(range(7))
    assert numbers_of(guild.sink.sent, BRIDGE) == [0, 1]
    assert guild.reports == [Started(1), over(1, FINISHED, 7)]
    guild.play(song(tmp_path, 10, label=2), play_id=2, entry="e2")
    guild.turn(2)
    assert guild.line.place == (2, 4)
    assert numbers_of(guild.sink.sent, BRIDGE) == [0, 1, 2]
    assert numbers_of(guild.sink.sent, 2) == [3]
    assert guild.reports[2:] == [Started(2)]


def test_a_cross_fade_that_comes_too_late_is_none(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 10, label=1))
    guild.turn(8)
    guild.line.give(Follow(EntryId("e2"), song(tmp_path, 10, label=2), bridge(3)))
    guild.turn(4)
    assert numbers_of(guild.sink.sent, 1) == list(range(10))
    assert numbers_of(guild.sink.sent, 2) == [0, 1], "it follows without a gap"
    assert not numbers_of(guild.sink.sent, BRIDGE)


def test_what_follows_may_be_taken_back(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 10, label=1))
    guild.line.give(Follow(EntryId("e2"), song(tmp_path, 10, label=2), bridge(3)))
    guild.turn(2)
    guild.line.give(Unfollow())
    guild.turn(9)
    assert guild.sink.sent == [*packets(10, 1), SILENCE]
