"""What leaves at each tick of a song that grows, stalls or breaks, without thread or clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductr_player import (
    EndReason,
    LivePackets,
    SourceError,
    Started,
)
from conductr_player.core.tracks import FILE_WITHIN_S
from conductr_player.pacing.line import SILENCE_FRAMES
from conductr_player.packets.opus import FRAME_S, SILENCE
from conductr_player.testing import numbers_of, packets

from .lines import FINISHED, LOAD_FAILED, REPLACED, Guild, live, over, song


@pytest.fixture
def guild() -> Guild:
    return Guild()


def test_a_stream_that_stalls_is_waited_for(guild: Guild) -> None:
    source = live(*packets(2))
    guild.play(source)
    guild.turn(2 + 500)
    assert guild.sink.sent == packets(2) + [SILENCE] * SILENCE_FRAMES
    assert guild.line.waiting
    assert guild.reports == [Started(1)], "a stall is no end"
    source.append(packets(3)[2])
    source.finish()
    guild.turn()
    assert guild.sink.sent[-1] == packets(3)[2]
    assert guild.reports == [Started(1), over(1, FINISHED, 3)]


def test_a_stream_that_has_not_begun_sends_nothing(guild: Guild) -> None:
    source = live()
    guild.play(source)
    guild.turn(10)
    assert guild.sink.sent == []
    source.append(packets(1)[0])
    guild.turn()
    assert guild.reports == [Started(1)]


def test_a_growing_song_goes_on_in_its_finished_file_without_a_gap(guild: Guild, tmp_path: Path) -> None:
    source = live(*packets(5))
    guild.play(source)
    guild.turn(3)
    source.replace_with(song(tmp_path, 10))
    guild.turn(7)
    assert guild.sink.sent == packets(10)
    assert guild.reports == [Started(1), over(1, FINISHED, 10)]


def test_a_stream_that_fails_before_any_sound_has_failed(guild: Guild) -> None:
    source = live()
    guild.play(source)
    guild.turn()
    source.fail(SourceError("reset"))
    guild.turn()
    assert guild.reports == [over(1, LOAD_FAILED, 0)]


def test_a_stream_that_breaks_midway_is_rescued_by_the_finished_file(guild: Guild, tmp_path: Path) -> None:
    source = live(*packets(3))
    guild.play(source)
    guild.turn(2)
    source.fail(SourceError("reset"))
    guild.turn(round(FILE_WITHIN_S / FRAME_S) - 100)
    assert guild.line.waiting
    source.replace_with(song(tmp_path, 6))
    guild.turn(3)
    assert numbers_of(guild.sink.sent, 0) == list(range(6))
    assert guild.reports == [Started(1), over(1, FINISHED, 6)]


def test_a_stream_that_breaks_midway_and_is_not_rescued_ends(guild: Guild) -> None:
    source = live(*packets(3))
    guild.play(source)
    source.fail(SourceError("reset"))
    guild.turn(round(FILE_WITHIN_S / FRAME_S) + 10)
    assert guild.reports == [Started(1), over(1, LOAD_FAILED, 3)]


def test_an_empty_song_has_failed(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 0))
    guild.turn()
    assert guild.reports == [over(1, LOAD_FAILED, 0)]


def test_a_source_that_raises_has_failed_and_the_next_plays(guild: Guild, tmp_path: Path) -> None:
    class Rotten(LivePackets):
        def packet(self, index: int) -> bytes | None:
            raise ValueError("rotten")

    rotten = Rotten()
    rotten.append(packets(1)[0])
    guild.play(rotten)
    guild.turn()
    assert guild.reports == [over(1, LOAD_FAILED, 0)]
    guild.play(song(tmp_path, 2), play_id=2)
    guild.turn()
    assert guild.reports[1:] == [Started(2)]


def test_closing_ends_what_plays_and_what_was_about_to(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9))
    guild.turn()
    guild.play(song(tmp_path, 9), play_id=2)
    guild.line.close()
    assert guild.reports == [Started(1), over(1, REPLACED, 1), over(2, EndReason.SHUTDOWN, 0)]
    assert not guild.pacer.ticks


def test_a_source_that_raises_later_on_has_failed_where_it_was(guild: Guild) -> None:
    class Rotting(LivePackets):
        def packet(self, index: int) -> bytes | None:
            if index == 2:
                raise ValueError("rotten")
            return super().packet(index)

    source = Rotting()
    for packet in packets(5):
        source.append(packet)
    guild.play(source)
    guild.turn(3)
    assert guild.sink.sent[:2] == packets(2)
    assert guild.reports == [Started(1), over(1, LOAD_FAILED, 2)]
