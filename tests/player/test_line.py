"""What leaves at each tick, tick by tick, without thread or clock."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import define, field

from conductr_player import (
    Ended,
    EndReason,
    IndexedPackets,
    LinkLost,
    LivePackets,
    PacketSource,
    Report,
    SourceError,
    Started,
)
from conductr_player.core.tracks import FILE_WITHIN_S, EntryId
from conductr_player.pacing.line import CUT_OFF_AFTER, SILENCE_FRAMES, Line
from conductr_player.pacing.orders import Amend, Follow, Hush, Jump, Lead, Pause, Resume, Switch, Take, Unfollow
from conductr_player.packets.opus import FRAME_S, SILENCE
from conductr_player.render.rendition import Rendition
from conductr_player.testing import HandPacer, ListSink, numbers_of, packets, write_ogg

FINISHED, REPLACED, LOAD_FAILED = EndReason.FINISHED, EndReason.REPLACED, EndReason.LOAD_FAILED


@define(eq=False)
class Guild:
    pacer: HandPacer = field(factory=HandPacer)
    sink: ListSink = field(factory=ListSink)
    reports: list[Report | LinkLost] = field(factory=list)
    line: Line = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.line = Line(self.pacer, self.sink, self.reports.append)

    def play(self, source: PacketSource, play_id: int = 1, entry: str = "e", index: int = 0) -> None:
        self.line.give(Take(play_id, EntryId(entry), source, index))

    def follow_with(self, source: PacketSource, entry: str = "e2") -> None:
        self.line.give(Follow(EntryId(entry), source))

    def turn(self, times: int = 1) -> None:
        self.pacer.turn(times)


@pytest.fixture
def guild() -> Guild:
    return Guild()


def over(play_id: int, reason: EndReason, packets_in: int) -> Ended:
    return Ended(play_id, reason, packets_in * FRAME_S)


def live(*contents: bytes) -> LivePackets:
    source = LivePackets()
    for packet in contents:
        source.append(packet)
    return source


def song(tmp_path: Path, count: int, label: int = 0) -> IndexedPackets:
    return IndexedPackets.open(write_ogg(tmp_path / f"{label}.opus", packets(count, label)))


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


def bridge(count: int) -> tuple[bytes, ...]:
    return tuple(packets(count, BRIDGE))


BRIDGE = 77


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
