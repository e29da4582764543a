"""What a line promises, asked of the pacer's thread and of its process: orders in, packets and reports out."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from attrs import define, field

from conductr_player import Ended, EndReason, IndexedPackets, LinkLost, LivePackets, Report, SourceError, Started
from conductr_player.core.tracks import EntryId
from conductr_player.pacing.orders import Follow, Hush, Jump, Lead, Pause, Resume, Switch, Take, Unfollow
from conductr_player.pacing.pacer import Pacer
from conductr_player.pacing.pacers import LineLike, LinePacer
from conductr_player.packets.opus import FRAME_S, SILENCE
from conductr_player.remote import PacerProcess, StreamSpec, packets_in
from conductr_player.testing import SilenceSource, numbers_of, packets, write_ogg

E, E2 = EntryId("e"), EntryId("e2")
FINISHED, REPLACED, STOPPED = EndReason.FINISHED, EndReason.REPLACED, EndReason.STOPPED


@define(eq=False)
class Guild:
    """A line, and the reading end of its sink."""

    pacer: LinePacer
    reports: list[Report | LinkLost] = field(factory=list[Report | LinkLost])
    _ends: tuple[int, int] = field(init=False, factory=os.pipe)
    _heard: bytes = field(init=False, default=b"")
    line: LineLike = field(init=False)

    def __attrs_post_init__(self) -> None:
        os.set_blocking(self._ends[0], False)
        self.line = self.pacer.line(StreamSpec(self._ends[1]), self.reports.append)

    def heard(self) -> list[bytes]:
        with suppress(BlockingIOError):
            self._heard += os.read(self._ends[0], 1 << 20)
        return packets_in(self._heard)

    def numbers(self, label: int = 0) -> list[int]:
        return numbers_of(self.heard(), label)

    def until(self, met: Callable[[], bool], within_s: float = 5.0) -> None:
        end = time.monotonic() + within_s
        while not met():
            assert time.monotonic() < end, (self.reports, self.line.place, len(self.heard()))
            time.sleep(0.002)

    def until_reports(self, count: int) -> list[Report | LinkLost]:
        self.until(lambda: len(self.reports) >= count)
        return self.reports

    def until_heard(self, count: int) -> None:
        self.until(lambda: len(self.heard()) >= count)

    def stop_listening(self) -> None:
        os.close(self._ends[0])
        self._ends = (-1, self._ends[1])

    def close(self) -> None:
        self.line.close()
        for fd in self._ends:
            if fd >= 0:
                os.close(fd)


@pytest.fixture(scope="module", params=[Pacer, PacerProcess], ids=["thread", "process"])
def pacer(request: pytest.FixtureRequest) -> Iterator[LinePacer]:
    with request.param() as pacer:
        yield pacer


@pytest.fixture
def guild(pacer: LinePacer) -> Iterator[Guild]:
    guild = Guild(pacer)
    yield guild
    guild.close()


def song(folder: Path, count: int, label: int = 0) -> IndexedPackets:
    return IndexedPackets.open(write_ogg(folder / f"{label}.opus", packets(count, label)))


def live(count: int, label: int = 0) -> LivePackets:
    source = LivePackets()
    for packet in packets(count, label):
        source.append(packet)
    return source


def test_a_song_is_heard_whole_then_silence_then_nothing(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 10)))
    assert guild.until_reports(2) == [Started(1), Ended(1, FINISHED, 10 * FRAME_S)]
    guild.until_heard(15)
    time.sleep(0.1)
    assert guild.heard() == packets(10) + [SILENCE] * 5
    assert guild.line.packets_sent == 15
    assert guild.line.place == (None, 0)


def test_its_place_is_known_while_it_sounds(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 500), 100))
    guild.until_heard(5)
    heard = guild.numbers()
    play_id, index = guild.line.place
    assert play_id == 1
    assert heard[0] == 100
    assert heard[-1] <= index <= heard[-1] + 5
    assert not guild.line.waiting
    assert guild.line.speed == 1.0


def test_a_skip_replaces_what_sounds_and_a_bridge_stands_for_the_first_packets(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 500, 1)))
    guild.until_heard(3)
    _, index = guild.line.place
    bridge = Lead(tuple(packets(20, 9)), index)
    guild.line.give(Take(2, E2, song(tmp_path, 200, 2), 0, bridge))
    guild.until(lambda: guild.numbers(2) != [])
    assert [type(each) for each in guild.reports] == [Started, Ended, Started]
    assert guild.reports[1] == Ended(1, REPLACED, len(guild.numbers(1)) * FRAME_S)
    assert guild.numbers(9)[-1] == 19
    assert guild.numbers(2)[0] == 20


def test_the_next_song_follows_without_a_gap_and_is_claimed_afterwards(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 40, 1)))
    guild.line.give(Follow(E2, song(tmp_path, 400, 2)))
    guild.until(lambda: len(guild.numbers(2)) > 2)
    assert guild.reports == [Started(1), Ended(1, FINISHED, 40 * FRAME_S)]
    guild.line.give(Take(2, E2, song(tmp_path, 400, 2)))
    assert guild.until_reports(3)[2] == Started(2)
    before = len(guild.numbers(2))
    guild.until(lambda: len(guild.numbers(2)) > before + 2)
    assert guild.numbers(1) == list(range(40))
    assert guild.numbers(2) == list(range(len(guild.numbers(2)))), "nothing twice, nothing left out"


def test_a_pause_fades_and_holds_the_place(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 500)))
    guild.until_heard(3)
    guild.line.give(Pause(Lead(tuple(packets(20, 9)), guild.line.place[1])))
    guild.until(lambda: guild.heard().count(SILENCE) == 5)
    assert guild.numbers(9)[-1] == 19
    place, count = guild.line.place, len(guild.numbers())
    assert place[1] <= count
    guild.line.give(Resume())
    guild.until(lambda: len(guild.numbers()) > count)
    assert guild.numbers()[count] == place[1], "it goes on where the pause came"


def test_a_jump_stays_in_the_play(guild: Guild, tmp_path: Path) -> None:
    source = song(tmp_path, 500)
    guild.line.give(Take(1, E, source))
    guild.until_heard(2)
    guild.line.give(Jump(2, source, 300))
    guild.line.give(Jump(1, source, 490))
    assert guild.until_reports(2) == [Started(1), Ended(1, FINISHED, 500 * FRAME_S)]
    assert guild.numbers()[-10:] == list(range(490, 500))
    assert 300 not in guild.numbers()


def test_another_rendition_takes_over_once_it_has_come_so_far(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 500, 1)))
    other = LivePackets()
    guild.line.give(Switch(1, other))
    guild.until(lambda: len(guild.numbers(1)) > 10)
    assert guild.numbers(2) == []
    for packet in packets(300, 2):
        other.append(packet)
    guild.until(lambda: len(guild.numbers(2)) > 3)
    assert guild.numbers(2)[0] == len(guild.numbers(1)), "no packet is missed, none is heard twice"
    assert guild.reports == [Started(1)]


def test_a_growing_song_is_waited_for_and_goes_on_in_its_file(guild: Guild, tmp_path: Path) -> None:
    source = live(3)
    guild.line.give(Take(1, E, source))
    guild.until(lambda: guild.line.waiting)
    assert guild.numbers() == [0, 1, 2]
    for packet in packets(6)[3:]:
        source.append(packet)
    guild.until(lambda: len(guild.numbers()) == 6)
    source.replace_with(song(tmp_path, 12))
    assert guild.until_reports(2) == [Started(1), Ended(1, FINISHED, 12 * FRAME_S)]
    assert guild.numbers() == list(range(12))


def test_a_song_that_has_not_begun_may_still_come_and_end(guild: Guild) -> None:
    source = LivePackets()
    guild.line.give(Take(1, E, source))
    guild.until(lambda: guild.line.waiting)
    for packet in packets(4):
        source.append(packet)
    source.finish()
    assert guild.until_reports(2) == [Started(1), Ended(1, FINISHED, 4 * FRAME_S)]


def test_a_stream_that_fails_before_any_sound_has_failed(guild: Guild) -> None:
    source = LivePackets()
    guild.line.give(Take(1, E, source))
    guild.until(lambda: guild.line.waiting)
    source.fail(SourceError("reset"))
    assert guild.until_reports(1) == [Ended(1, EndReason.LOAD_FAILED, 0.0)]


def test_any_source_will_do(guild: Guild) -> None:
    guild.line.give(Take(1, E, SilenceSource(0.1)))
    assert guild.until_reports(2) == [Started(1), Ended(1, FINISHED, 0.1)]


def test_hush_ends_it_after_a_fade_and_nothing_follows(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 500, 1)))
    guild.line.give(Follow(E2, song(tmp_path, 50, 2)))
    guild.until_heard(2)
    guild.line.give(Hush(STOPPED, Lead(tuple(packets(20, 9)), guild.line.place[1])))
    guild.until(lambda: guild.heard().count(SILENCE) == 5)
    assert guild.reports == [Started(1), Ended(1, STOPPED, len(guild.numbers(1)) * FRAME_S)]
    assert guild.numbers(9)[-1] == 19
    assert guild.numbers(2) == []


def test_what_was_to_follow_can_be_taken_back(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 25, 1)))
    guild.line.give(Follow(E2, song(tmp_path, 50, 2)))
    guild.line.give(Unfollow())
    guild.until_reports(2)
    guild.until(lambda: guild.heard().count(SILENCE) == 5)
    assert guild.numbers(2) == []


def test_closing_ends_each_play_once_and_at_once(guild: Guild, tmp_path: Path) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 500)))
    guild.until_heard(3)
    guild.line.close()
    ended = guild.reports[-1]
    assert isinstance(ended, Ended)
    assert (ended.play_id, ended.reason) == (1, EndReason.SHUTDOWN)
    assert ended.position_s == pytest.approx(len(guild.numbers()) * FRAME_S, abs=0.05)
    guild.line.close()
    guild.line.give(Take(2, E, song(tmp_path, 500)))
    time.sleep(0.1)
    assert [each for each in guild.reports if isinstance(each, Ended)] == [ended]
    assert guild.line.packets_sent >= 3, "it is still known"


def test_a_sink_that_nobody_reads_any_more_is_cut_off(
    guild: Guild, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    guild.line.give(Take(1, E, song(tmp_path, 500)))
    guild.until_heard(3)
    guild.stop_listening()
    assert guild.until_reports(2) == [Started(1), LinkLost()]
    guild.until(lambda: "offered nothing more" in caplog.text)
    assert {each.levelno for each in caplog.records} == {logging.ERROR}
