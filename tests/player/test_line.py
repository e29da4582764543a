"""What leaves at each tick, tick by tick, without thread or clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductr_player import (
    Started,
)
from conductr_player.pacing.line import SILENCE_FRAMES
from conductr_player.pacing.orders import Jump, Pause, Resume
from conductr_player.packets.opus import SILENCE
from conductr_player.testing import HandPacer, ListSink, numbers_of, packets

from .lines import FINISHED, REPLACED, Guild, live, over, song


@pytest.fixture
def guild() -> Guild:
    return Guild()


def test_each_tick_sends_one_packet_and_the_end_comes_with_the_last(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 3))
    guild.turn()
    assert guild.reports == [Started(1)]
    guild.turn(2)
    assert guild.sink.sent == packets(3)
    assert guild.line.packets_sent == 3
    assert guild.reports == [Started(1), over(1, FINISHED, 3)], "in time for the next track to follow"


def test_silence_is_five_frames_one_a_tick_and_then_nothing_at_all(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 2))
    guild.turn(2)
    for number in range(1, SILENCE_FRAMES + 1):
        guild.turn()
        assert guild.sink.sent[2:] == [SILENCE] * number
    guild.turn()
    assert len(guild.sink.sent) == 2 + SILENCE_FRAMES
    assert not guild.pacer.ticks, "a silent guild costs nothing"


def test_the_next_track_follows_in_the_next_tick_with_nobody_awake(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 3, label=1))
    guild.follow_with(song(tmp_path, 3, label=2))
    guild.turn(5)
    assert guild.sink.sent == packets(3, 1) + packets(2, 2)
    assert guild.reports == [Started(1), over(1, FINISHED, 3)]
    guild.play(song(tmp_path, 3, label=2), play_id=2, entry="e2")
    guild.turn()
    assert guild.sink.sent == packets(3, 1) + packets(3, 2)
    assert guild.reports[2:] == [Started(2), over(2, FINISHED, 3)]


def test_what_ran_ahead_in_the_sound_of_a_moment_ago_goes_over_to_that_which_is_wanted(
    guild: Guild, tmp_path: Path
) -> None:
    guild.play(song(tmp_path, 1, label=1))
    guild.follow_with(song(tmp_path, 9, label=2))
    guild.turn(4)
    guild.play(song(tmp_path, 9, label=3), play_id=2, entry="e2")
    guild.turn(6)
    assert guild.sink.sent[1:] == packets(3, 2) + packets(9, 3)[3:9], "no packet is missed, none is heard twice"
    assert guild.reports[2:] == [Started(2), over(2, FINISHED, 9)]


def test_what_a_sink_refuses_is_told_apart_from_what_is_not_there(guild: Guild, tmp_path: Path) -> None:
    source = live(*packets(3))
    guild.play(source)
    guild.turn()
    assert not guild.line.refused
    guild.sink.up = False
    guild.turn()
    assert guild.line.refused
    assert not guild.line.waiting
    guild.sink.up = True
    guild.turn(3)
    assert not guild.line.refused
    guild.sink.broken = OSError("gone")
    source.append(packets(4)[3])
    guild.turn(2)
    assert guild.line.refused
    guild.line.give(Pause())
    guild.turn()
    assert not guild.line.refused


def test_what_ran_ahead_to_its_end_is_claimed_late(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 1, label=1))
    guild.follow_with(song(tmp_path, 2, label=2))
    guild.turn(20)
    guild.play(song(tmp_path, 2, label=2), play_id=2, entry="e2")
    guild.turn(20)
    assert guild.reports[2:] == [Started(2), over(2, FINISHED, 2)]
    assert numbers_of(guild.sink.sent, 2) == [0, 1], "and not heard twice"


def test_what_ran_ahead_in_vain_is_heard_when_its_turn_comes_again(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 1, label=1))
    guild.follow_with(song(tmp_path, 1, label=2))
    guild.turn(5)
    guild.play(song(tmp_path, 1, label=3), play_id=2, entry="other")
    guild.turn()
    guild.play(song(tmp_path, 2, label=2), play_id=3, entry="e2")
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 2) == [0, 0, 1]
    assert guild.reports[-2:] == [Started(3), over(3, FINISHED, 2)]


def test_what_ran_ahead_in_vain_is_cut_off(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 1, label=1))
    guild.follow_with(song(tmp_path, 9, label=2))
    guild.turn(3)
    guild.play(song(tmp_path, 2, label=3), play_id=2, entry="other")
    guild.turn(1)
    assert numbers_of(guild.sink.sent, 2) == [0, 1]
    assert numbers_of(guild.sink.sent, 3) == [0]
    assert guild.reports == [Started(1), over(1, FINISHED, 1), Started(2)]


def test_a_skip_is_heard_at_the_very_next_tick(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.play(song(tmp_path, 9, label=2), play_id=2)
    guild.turn()
    assert guild.sink.sent == packets(3, 1) + packets(1, 2)
    assert guild.reports == [Started(1), over(1, REPLACED, 3), Started(2)]


def test_without_a_link_the_same_packet_is_offered_again(guild: Guild, tmp_path: Path) -> None:
    guild.sink.up = False
    guild.play(song(tmp_path, 3))
    guild.turn(50)
    assert guild.line.place == (1, 0)
    assert guild.reports == [], "nothing is heard, so nothing has started"
    guild.sink.up = True
    guild.turn(3)
    assert guild.sink.sent == packets(3)


def test_a_sink_that_raises_holds_its_own_music_only(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    pacer = HandPacer()
    broken, sound = Guild(pacer, ListSink(broken=OSError("connection refused"))), Guild(pacer)
    for guild in (broken, sound):
        guild.play(song(tmp_path, 5))
    pacer.turn(3)
    assert sound.sink.sent == packets(3)
    broken.sink.broken = None
    pacer.turn(3)
    assert broken.sink.sent == packets(3)
    assert caplog.text.count("a sink raised") == 1, "told once, not fifty times a second"


def test_pause_holds_the_position_and_resume_goes_on(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 4))
    guild.turn(2)
    guild.line.give(Pause())
    guild.turn(100)
    assert guild.sink.sent == packets(2) + [SILENCE] * SILENCE_FRAMES
    assert not guild.pacer.ticks
    guild.line.give(Resume())
    guild.turn(2)
    assert guild.sink.sent[-2:] == packets(4)[2:]


def test_seeking_stays_in_the_same_play(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 100)
    guild.play(source)
    guild.turn(3)
    guild.line.give(Jump(1, source, 98))
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 0) == [0, 1, 2, 98, 99]
    assert guild.reports == [Started(1), over(1, FINISHED, 100)]


def test_seeking_beyond_the_end_is_the_end(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 10)
    guild.play(source)
    guild.turn()
    guild.line.give(Jump(1, source, 5_000))
    guild.turn()
    assert guild.reports == [Started(1), over(1, FINISHED, 10)]
