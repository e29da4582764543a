"""The corners of what decides beyond core/: branches that a whole song or a whole day seldom meets."""

from __future__ import annotations

from io import BytesIO

import av
import pytest

from conductr_player import OggOpusReader, SourceError
from conductr_player.ingesting.frames import chain
from conductr_player.pacing.beat import Tick
from conductr_player.pacing.calls import Calls
from conductr_player.pacing.schedule import Schedule
from conductr_player.packets.opus import check_header
from conductr_player.packets.webm import WebmOpusWriter
from conductr_player.testing import packets

from .test_opus import CONTINUED, page_of

FRAME = b"\xff\xfb\x90\x64" + bytes(413)  # of an MP3


def test_a_page_that_goes_on_with_what_never_began_is_refused() -> None:
    reader = OggOpusReader()
    assert list(reader.feed(page_of(0, bytes((19,)), b"OpusHead\x01\x02" + bytes(9)))) == []
    with pytest.raises(SourceError, match="a page missing"):
        list(reader.feed(page_of(CONTINUED, bytes((8,)), b"OpusTags")))


@pytest.mark.parametrize(
    ("number", "packet", "says"),
    [
        (0, b"OggVorbis" + bytes(20), "without Opus"),
        (1, b"OpusHead" + bytes(20), "without Opus"),
        (0, b"OpusHead\x01\x02", "two channels"),
        (0, b"OpusHead\x01\x06" + bytes(20), "two channels"),
    ],
)
def test_a_header_that_is_none_is_refused(number: int, packet: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        check_header(number, packet)


def test_frames_that_end_with_the_file_are_frames() -> None:
    found = chain(FRAME * 3 + bytes(2_000) + FRAME, 0)
    assert found is not None
    assert found.stray_bytes == pytest.approx(2_000, abs=2 * len(FRAME))


def test_webm_is_read_by_others_with_every_packet_at_its_time() -> None:
    sent = packets(120)
    writer = WebmOpusWriter()
    file = BytesIO(writer.header() + writer.cluster(sent[:70]) + writer.cluster(sent[70:]))
    with av.open(file, mode="r", format="webm") as opened:
        found = [(packet.pts, bytes(packet)) for packet in opened.demux(audio=0) if packet.pts is not None]
    first = found[0][0]  # before zero: a decoder's first 6.5 ms are none of the music
    assert -7 <= first <= 0
    assert found == [(first + number * 20, packet) for number, packet in enumerate(sent)]


def test_a_round_that_is_ended_returns_after_the_call_that_it_is_in() -> None:
    called = list[int]()
    calls = Calls((lambda: called.append(1), lambda: (called.append(2), calls.end())[0], lambda: called.append(3)))
    calls.call(lambda error: None)
    assert called == [1, 2]


@pytest.mark.parametrize("turn", ["the first", "a later"])
def test_a_schedule_cut_off_in_a_turn_does_no_more_of_it(turn: str) -> None:
    schedule, called, now = Schedule(), list[str](), [0.0]

    def hang() -> None:
        called.append("hangs")
        if len(called) == (1 if turn == "the first" else 3):
            seen = schedule.calling
            assert seen is not None
            assert schedule.cut_off(seen, seen.place) == ticks[0]

    ticks: list[Tick] = [hang, lambda: called.append("goes on")]
    for tick in ticks:
        schedule.add(tick, now[0])
    for _ in range(4):
        wake = schedule.next_wake()
        assert wake is not None
        now[0] = max(now[0], wake)
        schedule.run(lambda: now[0], lambda error: None)
    assert called[-1] == "goes on"
    assert called.count("hangs") == (1 if turn == "the first" else 2)
    assert len(schedule) == 1
