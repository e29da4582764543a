"""Packets in files, in growing songs, and in memory that another process reads."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from conductr_player import IndexedPackets, LivePackets, SourceError
from conductr_player.packets.book import MAX_LIVE_PACKETS, ROOM_BYTES, PacketBook
from conductr_player.packets.sources import between
from conductr_player.testing import CELT_STEREO_20MS, SilenceSource, packets, write_ogg

from .settle import settle

LINUX = sys.platform == "linux"
LARGE = bytes((CELT_STEREO_20MS,)) * 3_825


@pytest.fixture
def song(tmp_path: Path) -> IndexedPackets:
    return IndexedPackets.open(write_ogg(tmp_path / "song.opus", packets(300)))


def book_of(count: int) -> PacketBook:
    book = PacketBook.new()
    for packet in packets(count):
        book.append(packet)
    return book


@contextmanager
def no_file_left_open() -> Iterator[None]:
    before = open_files()
    yield
    assert open_files() == before


def open_files() -> int:
    gc.collect()
    return sum(1 for _ in Path("/proc/self/fd").iterdir()) if LINUX else 0


@pytest.mark.parametrize(("start", "stop"), [(0, 300), (5, 9), (299, 300), (300, 300), (200, 100), (0, 0)])
def test_a_run_of_packets_is_what_they_are_one_by_one(song: IndexedPackets, start: int, stop: int) -> None:
    live = LivePackets()
    for packet in packets(300):
        live.append(packet)
    rescued = LivePackets()
    rescued.replace_with(song)
    for source in (song, live, rescued):
        assert list(between(source, start, stop)) == [source.packet(index) for index in range(start, stop)]
    assert list(book_of(300).between(start, stop)) == packets(300)[start:stop]


def test_a_run_ends_with_what_is_there(song: IndexedPackets) -> None:
    assert list(between(song, 298, 400)) == packets(300)[298:]
    assert list(between(song, -3, 2)) == packets(2)
    assert list(book_of(3).between(1, 99)) == packets(3)[1:]
    assert list(between(SilenceSource(0.04), 0, 3))[2] is None


def test_a_book_keeps_what_was_written_and_says_no_to_more() -> None:
    book = book_of(3)
    assert [book.packet(index) for index in (-1, 0, 2, 3)] == [None, packets(1)[0], packets(3)[2], None]
    for _ in range(MAX_LIVE_PACKETS - 3):
        book.append(b"\xfc")
    with pytest.raises(SourceError, match="15 minutes"):
        book.append(b"\xfc")
    assert len(book) == MAX_LIVE_PACKETS
    assert book.packet(MAX_LIVE_PACKETS - 1) == b"\xfc"


def test_a_book_has_no_more_room_than_it_says() -> None:
    book = PacketBook.new()
    for _ in range(ROOM_BYTES // len(LARGE)):
        book.append(LARGE)
    with pytest.raises(SourceError):
        book.append(LARGE)
    assert book.packet(len(book) - 1) == LARGE


@pytest.mark.skipif(not LINUX, reason="a descriptor is handed down like this on POSIX only")
def test_a_book_is_read_in_another_process_while_it_grows() -> None:
    book = book_of(2)
    code = (
        "import sys, time; from conductr_player.packets.book import PacketBook\n"
        "book = PacketBook.attach(int(sys.argv[1]))\n"
        "print(len(book), flush=True)\n"
        "while len(book) < 5: time.sleep(0.001)\n"
        "print(b''.join(book.between(0, 5)).hex(), flush=True)"
    )
    argv = [sys.executable, "-c", code, str(book.fileno())]
    with subprocess.Popen(argv, pass_fds=[book.fileno()], stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "2\n"
        for packet in packets(5)[2:]:
            book.append(packet)
        assert reader.stdout.readline().strip() == b"".join(packets(5)).hex()


def test_a_book_is_gone_with_its_last_reader() -> None:
    with no_file_left_open():
        book = book_of(2)
        run = book.between(0, 2)
        other = PacketBook.attach(os.dup(book.fileno()))
        del book
        assert list(run) == packets(2), "who is reading may read on"
        assert other.packet(1) == packets(2)[1]
        del run, other


def test_a_growing_song_leaves_no_file_behind(song: IndexedPackets) -> None:
    with no_file_left_open():
        source = LivePackets()
        source.append(packets(1)[0])
        source.replace_with(song)
        assert source.held is song
        assert source.packet(299) == packets(300)[299]
        source.append(packets(1)[0])
        assert len(source) == 300, "what comes after the file is there adds nothing"


@pytest.mark.anyio
async def test_all_who_wait_for_a_packet_are_told_when_it_is_there() -> None:
    source, told = LivePackets(), list[int]()

    async def wait(index: int) -> None:
        await source.wait_beyond(index)
        told.append(index)

    async with anyio.create_task_group() as tasks:
        for index in (0, 2, 2, 9):
            tasks.start_soon(wait, index)
        await settle()
        for expected in ([0], [0], [0, 2, 2]):
            source.append(packets(1)[0])
            await settle()
            assert told == expected
        source.finish()
    assert told == [0, 2, 2, 9], "and when no more will come"
    await source.wait_beyond(99)


@pytest.mark.anyio
async def test_one_who_waits_no_more_is_forgotten() -> None:
    source = LivePackets()
    with anyio.move_on_after(0.01):
        await source.wait_beyond(5)
    assert not source._waiting  # pyright: ignore[reportPrivateUsage] - nothing else would tell


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["fails", "is replaced"])
async def test_who_waits_is_told_of_the_end(song: IndexedPackets, how: str) -> None:
    source = LivePackets()

    async def end() -> None:
        await anyio.lowlevel.checkpoint()
        if how == "fails":
            source.fail(SourceError("reset"))
        else:
            source.replace_with(song)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(end)
        with anyio.fail_after(2):
            await source.wait_beyond(1_000)
