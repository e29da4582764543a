"""A folder of whole renditions: whole files or none, bounded, and not hurt by what lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr_player import LivePackets, SourceError
from conductr_player.core.sound import PLAIN, Sound, SoundEffect
from conductr_player.packets.opus import OggOpusReader
from conductr_player.render.names import mark_of, name_of
from conductr_player.render.shelf import Shelf, _pages

MEGABYTE = 1 << 20


def packets(count: int, size: int = 300, label: int = 0) -> list[bytes]:
    return [b"\xfc" + bytes([label]) + number.to_bytes(2, "big") * (size // 2) for number in range(count)]


def opened(folder: Path, limit_bytes: int = MEGABYTE) -> Shelf:
    shelf = Shelf(folder, limit_bytes)
    shelf.open()
    return shelf


@given(st.lists(st.integers(0, 1_200), max_size=60))
def test_pages_hold_every_packet_whatever_its_size(sizes: list[int]) -> None:
    contents = [b"\xfc" + bytes(size) for size in sizes]
    pages = list(_pages(contents))
    reader = OggOpusReader()
    assert [packet for page in pages for packet in reader.feed(page)] == contents
    reader.end()
    assert len(pages) <= 2 + len(contents) // 40 + sum(sizes) // 40_000 + 1  # full, not one for each


def test_what_was_put_there_is_there(tmp_path: Path) -> None:
    shelf, contents = opened(tmp_path), packets(500)
    put = shelf.put("a", contents)
    got = opened(tmp_path).get("a")
    assert got is not None
    assert [put.packet(index) for index in range(len(put))] == contents
    assert [got.packet(index) for index in range(len(got))] == contents
    assert shelf.get("b") is None


def test_the_oldest_goes_but_who_plays_it_plays_on(tmp_path: Path) -> None:
    shelf = opened(tmp_path, 200_000)  # room for two
    first = shelf.put("a", packets(250, label=1))
    shelf.put("b", packets(250, label=2))
    os.utime(tmp_path / "a.opus", (1, 1))
    os.utime(tmp_path / "b.opus", (2, 2))
    assert shelf.get("a") is not None  # used just now, so b is the oldest
    shelf.put("c", packets(250, label=3))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.opus", "c.opus"]
    shelf.put("d", packets(250, label=4))
    assert shelf.get("a") is None
    assert first.packet(249) == packets(250, label=1)[249]


def test_one_that_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="more than 1000 bytes"):
        opened(tmp_path, 1_000).put("a", packets(50))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("harm", [lambda data: data[:-100], lambda data: data[:500] + b"?" + data[501:], lambda _: b""])
def test_a_damaged_file_is_thrown_away(tmp_path: Path, harm: object) -> None:
    shelf = opened(tmp_path)
    shelf.put("a", packets(50))
    file = tmp_path / "a.opus"
    file.write_bytes(harm(file.read_bytes()))  # pyright: ignore[reportCallIssue]
    assert shelf.get("a") is None
    assert not file.exists()


def test_what_a_crash_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"half")
    opened(tmp_path)
    assert not list(tmp_path.iterdir())


def test_one_packet_of_another_length_is_another_song_and_where_a_song_lies_is_not(
    tmp_path: Path,
) -> None:
    growing = LivePackets()
    for packet in packets(99):
        growing.append(packet)
    growing.finish()
    shelf = opened(tmp_path, 4 * MEGABYTE)
    short = shelf.put("a", packets(99))
    assert mark_of(growing) == mark_of(short), "in a file or not"
    assert list(short.sizes()) == [len(packet) for packet in packets(99)]
    changed = [*packets(99)[:50], packets(99)[50] + b"more", *packets(99)[51:]]
    assert mark_of(short) != mark_of(shelf.put("b", changed))


def test_a_name_is_of_the_packets_and_the_sound_but_not_of_the_cross_fade(tmp_path: Path) -> None:
    shelf = opened(tmp_path)
    song, again, other = shelf.put("a", packets(99)), shelf.put("b", packets(99)), shelf.put("c", packets(99, label=1))
    assert mark_of(song) == mark_of(again) != mark_of(other)
    sounds = [
        PLAIN,
        Sound(volume_percent=50),
        Sound(speed=1.5),
        Sound(pitch_semitones=1),
        Sound(bitrate_kbits=64),
        *(Sound(effects=frozenset({each})) for each in SoundEffect),
        Sound(effects=frozenset({SoundEffect.BASS, SoundEffect.EIGHT_D})),
    ]
    names = {name_of(mark_of(song), sound) for sound in sounds}
    assert len(names) == len(sounds)
    assert name_of(mark_of(song), Sound(crossfade_s=5)) == name_of(mark_of(song), PLAIN)
    assert all(name.isalnum() for name in names)
