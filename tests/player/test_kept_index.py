"""An index that was kept gives the same packets sooner, and one that does not fit is never believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr_player import IndexedPackets, SourceError, open_packets
from conductr_player.packets.kept_index import read_index
from conductr_player.testing import write_ogg


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.opus"
    write_ogg(path, [bytes((0xFC, number)) + bytes(number) for number in range(120)])
    return path


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "folder/that/is/not/there/song.index"


def packets(source: IndexedPackets) -> list[bytes | None]:
    return list(source.between(0, len(source)))


def walks(song: Path, index: Path) -> bool:
    """Whether opening it makes the index anew."""
    before = index.stat().st_ino
    IndexedPackets.open(song, index)
    return index.stat().st_ino != before


def test_the_second_opening_reads_what_the_first_has_found(song: Path, index: Path) -> None:
    plain = packets(IndexedPackets.open(song))
    assert packets(IndexedPackets.open(song, index)) == plain
    assert not walks(song, index)
    assert packets(IndexedPackets.open(song, index)) == plain
    assert IndexedPackets.open(song, index).packet(7) == plain[7]
    assert list(IndexedPackets.open(song, index).sizes()) == list(IndexedPackets.open(song).sizes())


@pytest.mark.anyio
async def test_an_event_loop_gets_it_from_a_thread(song: Path, index: Path) -> None:
    first = await open_packets(song, index)
    assert packets(await open_packets(song, index)) == packets(first)


def _cut(data: bytes) -> bytes:
    return data[:-4]


def _flipped(data: bytes) -> bytes:
    return data[:-9] + bytes((data[-9] ^ 1,)) + data[-8:]


def _of_another_version(data: bytes) -> bytes:
    return b"cpx0" + data[4:]


@pytest.mark.parametrize("harm", [_cut, _flipped, _of_another_version, lambda _: b"", lambda _: b"<html>"])
def test_a_damaged_index_is_made_anew(song: Path, index: Path, harm: Callable[[bytes], bytes]) -> None:
    plain = packets(IndexedPackets.open(song, index))
    index.write_bytes(harm(index.read_bytes()))
    assert packets(IndexedPackets.open(song, index)) == plain
    assert not walks(song, index), "it was mended"


def test_another_song_in_the_same_place_is_walked_through(song: Path, index: Path) -> None:
    IndexedPackets.open(song, index)
    write_ogg(song, [bytes((0xFC, 9)) + bytes(99)] * 50)
    assert len(IndexedPackets.open(song, index)) == 50


def test_a_song_of_the_same_size_but_changed_later_is_walked_through(song: Path, index: Path) -> None:
    IndexedPackets.open(song, index)
    os.utime(song, ns=(1, 1))
    assert walks(song, index)


def test_a_damaged_song_leaves_no_index(song: Path, index: Path) -> None:
    song.write_bytes(song.read_bytes()[:-5])
    with pytest.raises(SourceError):
        IndexedPackets.open(song, index)
    assert not index.exists()


def test_a_place_where_nothing_can_be_kept_costs_only_time(song: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert len(IndexedPackets.open(song, tmp_path / "file/song.index")) == 120


def test_no_half_of_an_index_is_left_behind(song: Path, index: Path) -> None:
    IndexedPackets.open(song, index)
    assert [path.name for path in index.parent.iterdir()] == [index.name]


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    kept = tmp_path_factory.mktemp("kept") / "index"
    kept.write_bytes(data)
    assert read_index(kept, kept.stat()) is None
