"""Real audio in, levelled packets out; damaged audio refused; no process left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import anyio
import pytest

from conductr_player import DamagedAudio, FFmpegMissing, IndexedPackets, SourceError
from conductr_player.ingesting.ingest import find_ffmpeg, ingest
from conductr_player.packets.opus import FRAME_S

from .audio import loudness_of, make, write_music, write_silence

pytestmark = pytest.mark.anyio

SECONDS = 12.0
CELT_STEREO_20MS = 0xFC


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One song in every format; `quiet.wav` is the same at a third of the level."""
    folder = tmp_path_factory.mktemp("songs")
    song = write_music(folder / "song.wav", SECONDS)
    write_music(folder / "quiet.wav", SECONDS, level=0.1)
    write_silence(folder / "silence.wav", 3)
    make(song, folder / "song.mp3", "-b:a", "192k", "-metadata", "title=a 'title'; -i concat:/etc/passwd")
    make(song, folder / "plain.mp3", "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0")
    make(song, folder / "mono44.mp3", "-ac", "1", "-ar", "44100")
    make(song, folder / "song.ogg", "-c:a", "libopus")
    make(song, folder / "song.flac")
    return folder


@pytest.mark.parametrize(
    "name", ["song.mp3", "plain.mp3", "mono44.mp3", "song.ogg", "song.flac", "song.wav", "quiet.wav"]
)
async def test_any_audio_becomes_levelled_packets_of_20_ms(folder: Path, tmp_path: Path, name: str) -> None:
    done = await ingest(folder / name, tmp_path / "out.opus", expected_duration_s=SECONDS)
    packets = IndexedPackets.open(tmp_path / "out.opus")
    assert {(packets.packet(n) or b"\0")[0] for n in range(len(packets))} == {CELT_STEREO_20MS}, "CELT, no headers"
    assert done.packet_count == len(packets)
    assert done.duration_s == pytest.approx(SECONDS, abs=0.1)
    assert done.duration_s == pytest.approx(done.packet_count * FRAME_S)
    assert loudness_of(tmp_path / "out.opus") == pytest.approx(-14.0, abs=1.0)
    assert done.loudness_lufs + done.gain_db == pytest.approx(-14.0, abs=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["out.opus"]


async def test_silence_stays_silent(folder: Path, tmp_path: Path) -> None:
    done = await ingest(folder / "silence.wav", tmp_path / "out.opus")
    assert done.gain_db == 0.0


def cut(mp3: bytes) -> bytes:
    return mp3[: len(mp3) * 7 // 10]


def blank(mp3: bytes) -> bytes:
    half, fifth = len(mp3) // 2, len(mp3) // 5
    return mp3[:half] + bytes(fifth) + mp3[half + fifth :]


def noise(mp3: bytes) -> bytes:
    half, fifth = len(mp3) // 2, len(mp3) // 5
    return mp3[:half] + Random(1).randbytes(fifth) + mp3[half + fifth :]


def hole(mp3: bytes) -> bytes:
    half, fifth = len(mp3) // 2, len(mp3) // 5
    return mp3[:half] + mp3[half + fifth :]


def page(mp3: bytes) -> bytes:
    return mp3[: len(mp3) // 2] + b"<html>502 Bad Gateway</html>" * 40


@pytest.mark.parametrize("damage", [cut, blank, noise, hole, page])
@pytest.mark.parametrize("expected", [None, SECONDS])
async def test_a_damaged_mp3_is_refused(
    folder: Path, tmp_path: Path, damage: Callable[[bytes], bytes], expected: float | None
) -> None:
    (tmp_path / "bad.mp3").write_bytes(damage((folder / "song.mp3").read_bytes()))
    with pytest.raises(DamagedAudio):
        await ingest(tmp_path / "bad.mp3", tmp_path / "out.opus", expected_duration_s=expected)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.mp3"]


@pytest.mark.parametrize("damage", [blank, noise])
async def test_damage_shows_also_where_the_file_declares_nothing(
    folder: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "bad.mp3").write_bytes(damage((folder / "plain.mp3").read_bytes()))
    with pytest.raises(DamagedAudio):
        await ingest(tmp_path / "bad.mp3", tmp_path / "out.opus")


async def test_a_tag_at_the_end_is_no_damage(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tagged.mp3").write_bytes((folder / "plain.mp3").read_bytes() + b"TAG" + bytes(125))
    await ingest(tmp_path / "tagged.mp3", tmp_path / "out.opus", expected_duration_s=SECONDS)


async def test_what_decodes_to_a_blast_is_refused(folder: Path, tmp_path: Path) -> None:
    """As damaged MP3 does: levelled by its peak the rest could not be heard, unlevelled it would hurt."""
    make(folder / "song.wav", tmp_path / "blast.wav", "-af", "volume=30dB", "-c:a", "pcm_f32le")
    with pytest.raises(DamagedAudio, match="noise"):
        await ingest(tmp_path / "blast.wav", tmp_path / "out.opus")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "an empty file"),
        (b"<!doctype html><HTML><body>gone</body>", "an HTML page"),
        (b'{"code":404}', "not audio"),
        (b"ID3\x04\0\0\x7f\x7f\x7f\x7f", "longer than the file"),
        (b"#EXTM3U\nfile:///etc/passwd", "not audio"),
        (b"ffconcat version 1.0\nfile /etc/passwd", "not audio"),
        (b"\xff\xfb\x90\x64" + bytes(50), "cannot read it|no sound"),
        (b"OggS" + bytes(100), "cannot read it|no sound"),
    ],
)
async def test_what_is_no_audio_is_refused_in_plain_words(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "bad.mp3").write_bytes(content)
    with pytest.raises(DamagedAudio, match=says):
        await ingest(tmp_path / "bad.mp3", tmp_path / "out.opus")
    assert not (tmp_path / "out.opus").exists()


async def test_what_is_too_long_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="longer than 5 s"):
        await ingest(folder / "song.mp3", tmp_path / "out.opus", max_duration_s=5)


async def test_a_file_that_is_not_there_and_a_folder_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be opened"):
        await ingest(tmp_path / "none.mp3", tmp_path / "out.opus")
    with pytest.raises(SourceError, match="cannot be written: No such file"):
        await ingest(folder / "song.mp3", tmp_path / "none" / "out.opus")
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="cannot be written: Not a directory"):
        await ingest(folder / "song.mp3", tmp_path / "file" / "out.opus")


async def test_a_target_that_cannot_be_replaced_is_told_and_nothing_is_left(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.opus" / "in the way").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"out\.opus cannot be written: Is a directory"):
        await ingest(folder / "song.mp3", tmp_path / "out.opus")
    assert [path.name for path in tmp_path.iterdir()] == ["out.opus"]


async def test_without_ffmpeg_it_says_what_to_do(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTR_FFMPEG", str(tmp_path / "ffmpeg"))
    with pytest.raises(FFmpegMissing, match="CONDUCTR_FFMPEG"):
        await ingest(folder / "song.mp3", tmp_path / "out.opus")
    with pytest.raises(FFmpegMissing):
        await ingest(folder / "song.mp3", tmp_path / "out.opus", ffmpeg=str(tmp_path / "nothing here"))


def test_ffmpeg_is_found_by_setting_then_path_then_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDUCTR_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "imageio_ffmpeg" in find_ffmpeg()
    own = script(tmp_path / "ffmpeg", "exit 0")
    assert find_ffmpeg() == str(own)
    monkeypatch.setenv("CONDUCTR_FFMPEG", str(script(tmp_path / "other", "exit 0")))
    assert find_ffmpeg() == str(tmp_path / "other")


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


async def test_the_child_sees_nothing_of_our_environment(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDUCTR_DISCORD_TOKEN", "very secret")
    seen = tmp_path / "environment"
    spy = script(tmp_path / "spy", f'/usr/bin/env > {seen}; exec {find_ffmpeg()} "$@"')
    await ingest(folder / "song.mp3", tmp_path / "out.opus", ffmpeg=str(spy))
    assert "secret" not in seen.read_text()


async def test_cancelled_midway_nothing_is_left(folder: Path, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    slow = script(tmp_path / "slow", f"echo $$ > {pid_file}; sleep 30 & sleep 30")
    pid = 0
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: ingest(folder / "song.mp3", tmp_path / "out.opus", ffmpeg=str(slow)))
        pid = await written_pid(pid_file)
        tasks.cancel_scope.cancel()
    with anyio.fail_after(5):
        while alive_in_group(pid):  # killed they are; being gone takes the kernel a moment
            await anyio.sleep(0.01)
    assert not [path for path in tmp_path.iterdir() if "part" in path.name]


async def test_ffmpeg_killed_midway_is_an_error_and_nothing_is_left(folder: Path, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    slow = script(tmp_path / "slow", f"echo $$ > {pid_file}; exec sleep 30")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(kill_as_soon_as_it_runs, pid_file)
        with pytest.raises(SourceError, match="signal 9"):
            await ingest(folder / "song.mp3", tmp_path / "out.opus", ffmpeg=str(slow))
    assert not (tmp_path / "out.opus").exists()


def alive_in_group(group: int) -> list[str]:
    """Running processes of that group; what only waits to be reaped by init is not running."""
    alive = list[str]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = stat.read_text().rpartition(")")
            state, _, group_id = rest.split()[:3]
            if int(group_id) == group and state != "Z":
                alive.append(name)
    return alive


async def kill_as_soon_as_it_runs(pid_file: Path) -> None:
    os.kill(await written_pid(pid_file), signal.SIGKILL)


async def written_pid(pid_file: Path, which: int = 1) -> int:
    """The process id in the file's line `which`."""
    with anyio.fail_after(5):
        while not (pid_file.exists() and pid_file.read_text().count("\n") >= which):
            await anyio.sleep(0.01)  # another program's start: there is no event to wait for
    return int(pid_file.read_text().split()[which - 1])
