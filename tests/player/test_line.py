"""What leaves at each tick, tick by tick, without thread or clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import define, field

from conductr_player import (
    Ended,
    EndReason,
    IndexedPackets,
    LivePackets,
    PacketSource,
    Report,
    SourceError,
    Started,
)
from conductr_player.line import RESCUE_TICKS, SILENCE_FRAMES, Cursor, Line
from conductr_player.opus import SILENCE
from conductr_player.testing import HandPacer, ListSink, numbers_of, packets, write_ogg
from conductr_player.tracks import EntryId

FINISHED, SKIPPED, FAILED = EndReason.FINISHED, EndReason.SKIPPED, EndReason.FAILED


@define(eq=False)
class Guild:
    pacer: HandPacer = field(factory=HandPacer)
    sink: ListSink = field(factory=ListSink)
    reports: list[Report] = field(factory=list)
    line: Line = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.line = Line(self.pacer, self.sink, self.reports.append)

    def play(self, source: PacketSource, play_id: int | None = 1, entry: str = "e", index: int = 0) -> Cursor:
        cursor = Cursor(source, EntryId(entry), play_id, index)
        self.line.order(lambda: self.line.take(cursor))
        return cursor

    def follow_with(self, source: PacketSource, entry: str = "e2") -> None:
        cursor = Cursor(source, EntryId(entry), None)
        self.line.order(lambda: self.line.follow(cursor))

    def turn(self, times: int = 1) -> None:
        self.pacer.turn(times)


@pytest.fixture
def guild() -> Guild:
    return Guild()


def live(*contents: bytes) -> LivePackets:
    source = LivePackets()
    for packet in contents:
        source.append(packet)
    return source


def song(tmp_path: Path, count: int, label: int = 0) -> IndexedPackets:
    return IndexedPackets.open(write_ogg(tmp_path / f"{label}.opus", packets(count, label)))


def test_each_tick_sends_one_packet_and_the_end_comes_with_the_last(guild: Guild, tmp_path: Path) -> None:
    cursor = guild.play(song(tmp_path, 3))
    guild.turn()
    assert guild.reports == [Started(1)]
    guild.turn(2)
    assert guild.sink.sent == packets(3)
    assert cursor.index == 3
    assert guild.reports == [Started(1), Ended(1, FINISHED)], "in time for the next track to follow"


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
    assert guild.reports == [Started(1), Ended(1, FINISHED)]
    claimed = guild.play(song(tmp_path, 3, label=2), play_id=2, entry="e2")
    guild.turn()
    assert guild.sink.sent == packets(3, 1) + packets(3, 2)
    assert claimed.index == 3, "the position counts what was sent before the claim"
    assert guild.reports[2:] == [Started(2), Ended(2, FINISHED)]


def test_what_ran_ahead_to_its_end_is_claimed_late(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 1, label=1))
    guild.follow_with(song(tmp_path, 2, label=2))
    guild.turn(20)
    guild.play(song(tmp_path, 2, label=2), play_id=2, entry="e2")
    guild.turn(20)
    assert guild.reports[2:] == [Started(2), Ended(2, FINISHED)]
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
    assert guild.reports[-2:] == [Started(3), Ended(3, FINISHED)]


def test_what_ran_ahead_in_vain_is_cut_off(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 1, label=1))
    guild.follow_with(song(tmp_path, 9, label=2))
    guild.turn(3)
    guild.play(song(tmp_path, 2, label=3), play_id=2, entry="other")
    guild.turn(1)
    assert numbers_of(guild.sink.sent, 2) == [0, 1]
    assert numbers_of(guild.sink.sent, 3) == [0]
    assert guild.reports == [Started(1), Ended(1, FINISHED), Started(2)]


def test_a_skip_is_heard_at_the_very_next_tick(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9, label=1))
    guild.turn(3)
    guild.play(song(tmp_path, 9, label=2), play_id=2)
    guild.turn()
    assert guild.sink.sent == packets(3, 1) + packets(1, 2)
    assert guild.reports == [Started(1), Ended(1, SKIPPED), Started(2)]


def test_without_a_link_the_same_packet_is_offered_again(guild: Guild, tmp_path: Path) -> None:
    guild.sink.up = False
    cursor = guild.play(song(tmp_path, 3))
    guild.turn(50)
    assert cursor.index == 0
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
    guild.line.order(guild.line.pause)
    guild.turn(100)
    assert guild.sink.sent == packets(2) + [SILENCE] * SILENCE_FRAMES
    assert not guild.pacer.ticks
    guild.line.order(guild.line.resume)
    guild.turn(2)
    assert guild.sink.sent[-2:] == packets(4)[2:]


def test_seeking_stays_in_the_same_play(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 100)
    old = guild.play(source)
    guild.turn(3)
    guild.line.order(lambda: guild.line.jump(old, Cursor(source, EntryId("e"), 1, 98)))
    guild.turn(2)
    assert numbers_of(guild.sink.sent, 0) == [0, 1, 2, 98, 99]
    assert guild.reports == [Started(1), Ended(1, FINISHED)]


def test_seeking_beyond_the_end_is_the_end(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 10)
    old = guild.play(source)
    guild.turn()
    guild.line.order(lambda: guild.line.jump(old, Cursor(source, EntryId("e"), 1, 5_000)))
    guild.turn()
    assert guild.reports == [Started(1), Ended(1, FINISHED)]


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
    assert guild.reports == [Started(1), Ended(1, FINISHED)]


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
    assert guild.reports == [Started(1), Ended(1, FINISHED)]


def test_a_stream_that_fails_before_any_sound_has_failed(guild: Guild) -> None:
    source = live()
    guild.play(source)
    guild.turn()
    source.fail(SourceError("reset"))
    guild.turn()
    assert guild.reports == [Ended(1, FAILED)]


def test_a_stream_that_breaks_midway_is_rescued_by_the_finished_file(guild: Guild, tmp_path: Path) -> None:
    source = live(*packets(3))
    guild.play(source)
    guild.turn(2)
    source.fail(SourceError("reset"))
    guild.turn(RESCUE_TICKS - 100)
    assert guild.line.waiting
    source.replace_with(song(tmp_path, 6))
    guild.turn(3)
    assert numbers_of(guild.sink.sent, 0) == list(range(6))
    assert guild.reports == [Started(1), Ended(1, FINISHED)]


def test_a_stream_that_breaks_midway_and_is_not_rescued_ends(guild: Guild) -> None:
    source = live(*packets(3))
    guild.play(source)
    source.fail(SourceError("reset"))
    guild.turn(RESCUE_TICKS + 10)
    assert guild.reports == [Started(1), Ended(1, FAILED)]


def test_an_empty_song_has_failed(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 0))
    guild.turn()
    assert guild.reports == [Ended(1, FAILED)]


def test_a_source_that_raises_has_failed_and_the_next_plays(guild: Guild, tmp_path: Path) -> None:
    class Rotten(LivePackets):
        def packet(self, index: int) -> bytes | None:
            raise ValueError("rotten")

    guild.play(Rotten())
    guild.turn()
    assert guild.reports == [Ended(1, FAILED)]
    guild.play(song(tmp_path, 2), play_id=2)
    guild.turn()
    assert guild.reports[1:] == [Started(2)]


def test_closing_ends_what_plays_and_what_was_about_to(guild: Guild, tmp_path: Path) -> None:
    guild.play(song(tmp_path, 9))
    guild.turn()
    guild.play(song(tmp_path, 9), play_id=2)
    guild.line.close()
    assert guild.reports == [Started(1), Ended(1, SKIPPED), Ended(2, SKIPPED)]
    assert not guild.pacer.ticks
