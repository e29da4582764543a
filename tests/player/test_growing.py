"""A song that is heard while it grows: moved over to its file, stalled, sought in, made quieter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import numpy as np
import pytest

from conductr_player import Ended, EndReason, IndexedPackets, LivePackets, SourceError, Started
from conductr_player.core.sound import Sound
from conductr_player.ingesting.ingest import ingest, ingest_live
from conductr_player.packets.opus import SILENCE
from conductr_player.render.codec import Samples
from conductr_player.testing import entries

from .audio import make, write_music
from .heard import FRAME, booth, chord, heard, largest_step, level, record

pytestmark = pytest.mark.anyio

(A,) = entries("a")


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> IndexedPackets:
    return record(tmp_path_factory.mktemp("growing") / "a.opus", chord(6.0, 220.0))


@pytest.fixture(scope="module")
def mp3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mp3")
    return make(write_music(folder / "song.wav", 6.0), folder / "song.mp3", "-b:a", "192k")


def grown(song: IndexedPackets, count: int) -> LivePackets:
    """A stream that has come so far."""
    source = LivePackets()
    grow(source, song, count)
    return source


def grow(source: LivePackets, song: IndexedPackets, count: int) -> None:
    for index in range(len(source), len(source) + count):
        source.append(song.packet(index) or SILENCE)


def likeness(one: Samples, other: Samples) -> float:
    return float(np.corrcoef(one[:, 0], other[:, 0])[0, 1])


async def test_the_move_to_the_file_is_not_heard(mp3: Path, tmp_path: Path) -> None:
    """From MP3 both ways: as it streams in, and as a file, which is levelled as a whole."""
    source, moved = LivePackets(), 0
    await ingest(mp3, tmp_path / "done.opus")
    finished = IndexedPackets.open(tmp_path / "done.opus")

    async def drip() -> AsyncIterator[bytes]:
        data = mp3.read_bytes()
        for at in range(0, len(data), 16_000):
            yield data[at : at + 16_000]
            await anyio.sleep(0)

    async with booth({"a": source}) as room, anyio.create_task_group() as tasks:
        tasks.start_soon(ingest_live, drip(), source)
        await source.wait_beyond(200)
        await room.output.play(1, A)
        await room.turn_until(lambda: len(room.sent) >= 140)
        source.replace_with(finished)
        moved = len(room.sent)
        await room.turn_until(lambda: isinstance(room.reports[-1], Ended))
        tasks.cancel_scope.cancel()
    music = [packet for packet in room.sent if packet != SILENCE]
    assert room.sent[: len(music)] == music, "no gap"
    assert len(music) == len(finished)
    assert music[moved + 1 :] == [finished.packet(index) for index in range(moved + 1, len(finished))]
    assert music[moved - 1] != finished.packet(moved - 1)
    sound = heard(music)
    whole = heard([finished.packet(index) or SILENCE for index in range(len(finished))])
    for start in range(moved - 8, moved + 8):  # each 60 ms around the seam: no gap, no repeat, not a sample off
        here = slice(start * FRAME, (start + 3) * FRAME)
        assert likeness(sound[here], whole[here]) > 0.9
    assert largest_step(sound[(moved - 2) * FRAME : (moved + 6) * FRAME]) <= largest_step(sound) * 1.01


@pytest.mark.parametrize("died", [False, True])
async def test_a_stream_that_stops_waits_with_silence_and_goes_on_from_the_file(
    song: IndexedPackets, died: bool
) -> None:
    source = grown(song, 50)
    async with booth({"a": source}) as room:
        await room.output.play(1, A)
        await room.turn_until(lambda: len(room.sent) >= 50)
        if died:
            source.fail(SourceError("reset"))
        await room.turn(100)
        assert room.sent[50:] == [SILENCE] * 5
        assert room.output.waiting
        assert room.output.position_s == 1.0
        assert room.reports == [Started(1)]
        source.replace_with(song)
        await room.turn(250)
        assert room.sent[55:] == [song.packet(index) for index in range(50, 300)]
        assert room.reports == [Started(1), Ended(1, EndReason.FINISHED, 6.0)]


async def test_a_seek_beyond_what_has_grown_goes_as_far_as_it_has(song: IndexedPackets) -> None:
    source = grown(song, 100)
    async with booth({"a": source}) as room:
        await room.output.play(1, A)
        await room.turn_until(lambda: len(room.sent) >= 10)
        await room.output.seek(5.0)
        assert room.output.position_s == pytest.approx(1.98)
        grow(source, song, 100)
        await room.turn(4)
        assert room.sent[-1] == song.packet(102), "never dead air"
        await room.output.seek(0.2)
        await room.turn(4)
        assert room.sent[-1] == song.packet(13)


async def test_volume_and_seek_work_in_a_song_that_grows(song: IndexedPackets) -> None:
    source = grown(song, 100)
    async with booth({"a": source}) as room:
        await room.output.play(1, A)
        await room.turn_until(lambda: len(room.sent) >= 10)
        await room.output.change_sound(Sound(volume_percent=50))
        await room.turn_until(lambda: room.output.heard_from is not source)
        await room.turn(40, pause_s=0.01)
        assert room.output.position_s == pytest.approx(len(room.sent) * 0.02)
        await room.output.seek(1.5)
        grow(source, song, 50)
        await room.turn_until(lambda: 1.6 < room.output.position_s < 1.9)
        source.replace_with(song)
        at, position_s = len(room.sent), room.output.position_s
        await room.turn_until(lambda: len(room.sent) >= at + 100, pause_s=0.01)
        assert SILENCE not in room.sent
        assert room.output.position_s == pytest.approx(position_s + 2.0)
        place = round(room.output.position_s / 0.02)
        sound = heard(room.sent[-50:])[-40 * FRAME :]
        whole = heard([song.packet(index) or SILENCE for index in range(place - 50, place)])[-40 * FRAME :]
    assert likeness(sound, whole) > 0.95, "the file goes on where the stream was, also for who renders it"
    assert level(sound) / level(whole) == pytest.approx(0.5, rel=0.1)
