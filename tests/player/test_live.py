"""A growing MP3 becomes packets while it grows, and the finished file takes over in step."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import numpy as np
import pytest

from conductr_player import DamagedAudio, FFmpegMissing, IndexedPackets, LivePackets, SourceError
from conductr_player.ingesting.ingest import find_ffmpeg, ingest, ingest_live
from conductr_player.ingesting.live import BEGINNING
from conductr_player.packets.opus import SILENCE
from conductr_player.testing import packets, write_ogg

from .audio import RATE, make, samples_of, write_music
from .test_ingest import script, written_pid

pytestmark = pytest.mark.anyio

SECONDS = 10.0
CHUNK = 3_000


@pytest.fixture(scope="module")
def mp3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("live")
    return make(write_music(folder / "song.wav", SECONDS), folder / "song.mp3", "-b:a", "192k")


async def drip(data: bytes, pause_s: float = 0.0) -> AsyncIterator[bytes]:
    for at in range(0, len(data), CHUNK):
        yield data[at : at + CHUNK]
        await anyio.sleep(pause_s)


async def test_a_whole_stream_becomes_a_whole_song(mp3: Path) -> None:
    source = LivePackets()
    await ingest_live(drip(mp3.read_bytes()), source)
    assert source.complete
    assert len(source) * 0.02 == pytest.approx(SECONDS, abs=0.1)
    assert {(source.packet(n) or b"\0")[0] for n in range(len(source))} == {0xFC}, "CELT, no headers"


async def test_sound_comes_soon_after_the_beginning_and_long_before_the_end(mp3: Path) -> None:
    source, enough, arrived = LivePackets(), list[float](), list[float]()
    data = mp3.read_bytes()

    async def growing() -> AsyncIterator[bytes]:
        sent = 0
        async for chunk in drip(data, 0.02):
            yield chunk
            sent += len(chunk)
            if sent >= BEGINNING and not enough:
                enough.append(anyio.current_time())
        await anyio.sleep(1.0)  # the rest is being composed

    async def listen() -> None:
        await source.first_packet_ready()
        arrived.append(anyio.current_time())
        assert not source.complete

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listen)
        await ingest_live(growing(), source)
    assert arrived[0] - enough[0] < 0.5, "0.1 s on a quiet machine; 0.3 s is promised there"


async def test_a_slow_beginning_is_not_waited_for_for_ever(mp3: Path) -> None:
    source, stalled = LivePackets(), anyio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield mp3.read_bytes()[:12_000]
        await stalled.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ingest_live, stalling(), source)
        with anyio.fail_after(4):
            await source.first_packet_ready()
        assert not source.complete
        stalled.set()
    assert source.complete


async def test_the_finished_file_is_in_step_with_the_stream(mp3: Path, tmp_path: Path) -> None:
    source = LivePackets()
    await ingest_live(drip(mp3.read_bytes()), source)
    grown = [source.packet(n) or SILENCE for n in range(len(source))]
    done = await ingest(mp3, tmp_path / "done.opus")
    finished = IndexedPackets.open(tmp_path / "done.opus")
    assert done.packet_count == pytest.approx(len(grown), abs=1)
    middle = len(grown) // 2
    source.replace_with(finished)
    spliced = grown[:middle] + [source.packet(n) or SILENCE for n in range(middle, len(source))]
    heard = samples_of(write_ogg(tmp_path / "spliced.opus", spliced))
    whole = samples_of(
        write_ogg(tmp_path / "whole.opus", [finished.packet(n) or SILENCE for n in range(len(finished))])
    )
    for at in (1, 3, 7, 9):  # before and after the splice: the same place in the song, to within 6 ms
        here = slice(at * RATE, at * RATE + RATE // 2)
        likeness = [correlation(heard[here], np.roll(whole, shift)[here]) for shift in range(-300, 301, 4)]
        assert max(likeness) > 0.95


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "an empty file"), (b"<html>Bad gateway</html>", "an HTML page"), (b"RIFF0000WAVE", "not MP3")],
)
async def test_a_stream_that_is_no_mp3_is_refused(content: bytes, says: str) -> None:
    source = LivePackets()
    with pytest.raises(DamagedAudio, match=says):
        await ingest_live(drip(content), source)
    with pytest.raises(SourceError):
        await source.first_packet_ready()


async def test_a_stream_that_breaks_off_is_told_and_keeps_what_it_had(mp3: Path) -> None:
    source = LivePackets()

    async def breaking() -> AsyncIterator[bytes]:
        yield mp3.read_bytes()[:60_000]
        await source.first_packet_ready()
        raise ConnectionResetError("reset by peer")

    with pytest.raises(ConnectionResetError):
        await ingest_live(breaking(), source)
    assert isinstance(source.error, ConnectionResetError)
    assert len(source) > 0


async def test_ffmpeg_killed_midway_is_told(mp3: Path, tmp_path: Path) -> None:
    source, pid_file = LivePackets(), tmp_path / "pid"
    spy = script(tmp_path / "spy", f'echo $$ > {pid_file}; exec {find_ffmpeg()} "$@"')

    async def growing() -> AsyncIterator[bytes]:
        yield mp3.read_bytes()[:60_000]
        await source.first_packet_ready()
        os.kill(await written_pid(pid_file), signal.SIGKILL)
        await anyio.sleep_forever()

    with anyio.fail_after(5), pytest.raises(SourceError, match="signal 9"):
        await ingest_live(growing(), source, ffmpeg=str(spy))
    assert isinstance(source.error, SourceError)
    assert len(source) > 0


async def test_given_up_it_leaves_no_process_and_says_so(mp3: Path, tmp_path: Path) -> None:
    source, pid_file = LivePackets(), tmp_path / "pid"
    spy = script(tmp_path / "spy", f'echo $$ > {pid_file}; exec {find_ffmpeg()} "$@"')

    async def growing() -> AsyncIterator[bytes]:
        yield mp3.read_bytes()[:60_000]
        await anyio.sleep_forever()

    pid = 0
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: ingest_live(growing(), source, ffmpeg=str(spy)))
        await source.first_packet_ready()
        pid = await written_pid(pid_file)
        tasks.cancel_scope.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert source.error is not None


async def test_without_ffmpeg_the_listener_is_told_too(tmp_path: Path) -> None:
    source = LivePackets()
    with pytest.raises(FFmpegMissing):
        await ingest_live(drip(b"\xff\xfb\x90\x64" * 9_000), source, ffmpeg=str(tmp_path / "none"))
    assert isinstance(source.error, FFmpegMissing)


def test_a_stranger_cannot_fill_memory_and_sends_only_frames() -> None:
    source = LivePackets()
    with pytest.raises(SourceError):
        source.append(b"\xff\x03 sixty milliseconds")
    for packet in packets(45_000):
        source.append(packet)
    with pytest.raises(SourceError, match="15 minutes"):
        source.append(SILENCE)
