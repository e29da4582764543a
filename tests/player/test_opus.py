"""Ogg Opus: what we write we read; what is damaged is refused, never misread."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductr_player import IndexedPackets, OggOpusReader, OggOpusWriter, SourceError
from conductr_player.packets.opus import FRAME_SAMPLES, SILENCE, samples_in
from conductr_player.testing import packets, write_ogg

CONTINUED = 1
contents = st.lists(st.binary(max_size=1_200).map(lambda rest: b"\xfc" + rest), max_size=20)


def stream_of(packets: list[bytes]) -> bytes:
    writer = OggOpusWriter()
    return b"".join([writer.header(), *(writer.page(packet) for packet in packets), writer.end()])


def page_of(flags: int, lacing: bytes, body: bytes) -> bytes:
    """A page as other programs write it (RFC 3533, 6), its checksum bit by bit."""
    head = b"OggS" + bytes((0, flags)) + bytes(8) + (1).to_bytes(4, "little") + bytes(4)
    tail = bytes((len(lacing),)) + lacing + body
    checksum = 0
    for byte in head + bytes(4) + tail:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = checksum << 1 ^ (0x104C11DB7 if checksum >> 31 else 0)
    return head + checksum.to_bytes(4, "little") + tail


def read_all(stream: bytes, chunk: int) -> list[bytes]:
    reader = OggOpusReader()
    found = [packet for at in range(0, len(stream), chunk) for packet in reader.feed(stream[at : at + chunk])]
    reader.end()
    return found


@settings(max_examples=60, deadline=None)
@given(contents, st.integers(1, 700))
def test_a_stream_is_read_whatever_pieces_it_comes_in(packets: list[bytes], chunk: int) -> None:
    assert read_all(stream_of(packets), chunk) == packets


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
def test_a_file_is_indexed_packet_by_packet(tmp_path: Path, packets: list[bytes]) -> None:
    source = IndexedPackets.open(write_ogg(tmp_path / "song.opus", packets))
    assert [source.packet(n) for n in range(len(source))] == packets
    assert source.packet(-1) is None
    assert source.packet(len(source)) is None
    assert source.duration_s == pytest.approx(len(packets) * 0.02)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_refused_or_read_right(tmp_path: Path, data: st.DataObject) -> None:
    good = stream_of(packets(10))
    at = data.draw(st.integers(0, len(good) - 1))
    damage = data.draw(st.sampled_from(["cut", "flip", "drop", "insert"]))
    match damage:
        case "cut":
            bad = good[:at]
        case "flip":
            bad = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
        case "drop":
            bad = good[:at] + good[at + data.draw(st.integers(1, 60)) :]
        case _:
            bad = good[:at] + data.draw(st.binary(min_size=1, max_size=60)) + good[at:]
    path = tmp_path / "bad.opus"
    path.write_bytes(bad)
    for read in (lambda: IndexedPackets.open(path), lambda: read_all(bad, 100)):
        try:
            found = read()
        except SourceError:
            continue
        got = [found.packet(n) for n in range(len(found))] if isinstance(found, IndexedPackets) else found
        assert all(packet in packets(10) for packet in got), "a checksum catches what changed"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_noise_is_no_ogg(noise: bytes) -> None:
    with pytest.raises(SourceError):
        read_all(noise, 50)


def test_packets_of_another_length_are_refused(tmp_path: Path) -> None:
    forty_ms = b"\xfd" + bytes(20)  # code 1: two frames of 20 ms
    assert samples_in(forty_ms) == 2 * FRAME_SAMPLES
    with pytest.raises(SourceError, match=r"40\.0 ms"):
        IndexedPackets.open(write_ogg(tmp_path / "song.opus", [forty_ms]))


@pytest.mark.parametrize("bad", [b"", b"\xfc" + bytes(3_825), b"\xfd" + bytes(20), b"\xff\x03"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_one_bad_packet_among_good_ones_on_a_page_is_found(tmp_path: Path, bad: bytes, at: int) -> None:
    writer, found = OggOpusWriter(), [b"\xfc" + bytes(30)] * 2
    found.insert(at, bad)
    path = tmp_path / "song.opus"
    path.write_bytes(writer.header() + writer.page(*found) + writer.end())
    with pytest.raises(SourceError):
        IndexedPackets.open(path)


def test_a_packet_may_go_on_in_the_next_page(tmp_path: Path) -> None:
    first, across, last = b"\xfc" + bytes(30), b"\xfc" * 300, b"\xf8" + bytes(9)
    stream = (
        OggOpusWriter().header()
        + page_of(0, bytes((31, 255)), first + across[:255])
        + page_of(CONTINUED, bytes((45, 10)), across[255:] + last)
    )
    path = tmp_path / "song.opus"
    path.write_bytes(stream)
    source = IndexedPackets.open(path)
    assert list(source.between(0, 3)) == [source.packet(n) for n in range(3)] == [first, across, last]
    assert read_all(stream, 50) == [first, across, last]


@pytest.mark.parametrize(
    ("packet", "milliseconds"),
    [
        (SILENCE, 20),
        (b"\xfc", 20),
        (b"\x78", 20),
        (b"\xe0", 2.5),
        (b"\x18", 60),
        (b"\xff\x03", 60),
        (b"\xff", 0),
        (b"", 0),
    ],
)
def test_the_first_byte_tells_how_long_a_packet_sounds(packet: bytes, milliseconds: float) -> None:
    assert samples_in(packet) == milliseconds * 48


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"OggS", b"\0" * 4096])
def test_what_is_no_song_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.opus"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        IndexedPackets.open(path)
    with pytest.raises(SourceError):
        IndexedPackets.open(tmp_path / "not there.opus")
