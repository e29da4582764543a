"""What is played to a file is in the file: whole, in order, at its length, whatever becomes of the program."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import wave
from pathlib import Path
from random import Random

import anyio
import numpy as np
import pytest

from conductr_player import (
    Enqueue,
    Entry,
    EntryId,
    FastPacer,
    Folder,
    IndexedPackets,
    PlaybackState,
    Players,
    Session,
    SourceError,
    Track,
    TrackId,
    UserId,
    VoiceOutput,
    WavSink,
    find_ffmpeg,
    ingest,
)
from conductr_player.packets.opus import SILENCE

from .audio import make, samples_of, write_music
from .test_ingest import script

SECONDS = 2.0
FRAME = 960


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two songs and something else."""
    folder = tmp_path_factory.mktemp("music")
    for name, level in (("b rain.mp3", 0.3), ("a sun.mp3", 0.1)):
        make(write_music(folder / "made.wav", SECONDS, level=level), folder / name, "-b:a", "128k")
    (folder / "made.wav").unlink()
    (folder / "notes.txt").write_text("not a song")
    return folder


@pytest.fixture(scope="module")
def packets(music: Path, tmp_path_factory: pytest.TempPathFactory) -> IndexedPackets:
    made = tmp_path_factory.mktemp("packets") / "rain.opus"
    anyio.run(ingest, music / "b rain.mp3", made)
    return IndexedPackets.open(made)


def sound_in(path: Path) -> np.ndarray:
    """Samples of both channels, by another reader than our own."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32_767


def test_it_holds_what_another_decoder_makes_of_the_packets(packets: IndexedPackets, tmp_path: Path) -> None:
    with WavSink(tmp_path / "out.wav") as sink:
        assert all(sink(packets.packet(n) or b"") for n in range(len(packets)))
        assert sink.duration_s == pytest.approx(packets.duration_s)
    made = sound_in(tmp_path / "out.wav")
    assert packets.path is not None
    decoded = samples_of(packets.path)
    mixed = made.mean(axis=1)[312 : 312 + len(decoded)]  # a player leaves out what the encoder put before the sound
    assert np.corrcoef(mixed, decoded[: len(mixed)])[0, 1] > 0.999


def test_it_is_whole_after_each_packet(packets: IndexedPackets, tmp_path: Path) -> None:
    sink = WavSink(tmp_path / "out.wav")
    assert len(sound_in(tmp_path / "out.wav")) == 0
    for count in range(1, 4):
        assert sink(packets.packet(count) or b"")
        assert len(sound_in(tmp_path / "out.wav")) == count * FRAME
    sink.close()


def test_a_program_that_is_killed_leaves_a_file_that_can_be_heard(packets: IndexedPackets, tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from conductr_player import IndexedPackets, WavSink\n"
        "packets, sink = IndexedPackets.open(Path(sys.argv[1])), WavSink(Path(sys.argv[2]))\n"
        "for n in range(50): sink(packets.packet(n))\n"
        "os.kill(os.getpid(), 9)"
    )
    argv = [sys.executable, "-c", code, str(packets.path), str(tmp_path / "out.wav")]
    assert subprocess.run(argv, check=False).returncode == -9
    made = sound_in(tmp_path / "out.wav")
    assert len(made) == 50 * FRAME
    assert np.abs(made).max() > 0.05


def test_pauses_are_as_long_as_they_were_where_a_clock_is_given(packets: IndexedPackets, tmp_path: Path) -> None:
    now = [100.0]
    with WavSink(tmp_path / "out.wav", now=lambda: now[0]) as sink:
        for n in range(40):
            sink(packets.packet(n) or b"")
            now[0] += 0.02 if n != 19 else 0.02 + 1.5
    made = sound_in(tmp_path / "out.wav")
    assert len(made) == pytest.approx((40 * 0.02 + 1.5) * 48_000, abs=FRAME)
    assert np.abs(made[20 * FRAME : 90 * FRAME]).max() == 0
    assert np.abs(made[96 * FRAME :]).max() > 0.05


def test_a_pacer_that_catches_up_makes_no_pause(packets: IndexedPackets, tmp_path: Path) -> None:
    now = [0.0]
    with WavSink(tmp_path / "out.wav", now=lambda: now[0]) as sink:
        for n, now[0] in enumerate((0.0, 0.02, 0.1, 0.1, 0.1, 0.1, 0.12)):
            sink(packets.packet(n) or b"")
    assert len(sound_in(tmp_path / "out.wav")) == 7 * FRAME


@pytest.mark.parametrize("packet", [SILENCE, b"", b"\xff", b"\xfc", Random(3).randbytes(900)])
def test_whatever_is_sent_is_20_ms(packets: IndexedPackets, tmp_path: Path, packet: bytes) -> None:
    with WavSink(tmp_path / "out.wav") as sink:
        assert sink(packets.packet(20) or b"")
        assert sink(packet)
        assert sink(packets.packet(21) or b"")
    assert len(sound_in(tmp_path / "out.wav")) == 3 * FRAME


def test_closed_it_takes_nothing_more(packets: IndexedPackets, tmp_path: Path) -> None:
    sink = WavSink(tmp_path / "out.wav")
    assert sink(packets.packet(0) or b"")
    sink.close()
    sink.close()
    assert not sink(packets.packet(1) or b"")
    assert len(sound_in(tmp_path / "out.wav")) == FRAME


def test_a_file_of_four_gigabytes_is_full(packets: IndexedPackets, tmp_path: Path) -> None:
    now = [0.0]
    with WavSink(tmp_path / "out.wav", now=lambda: now[0]) as sink:
        assert sink(packets.packet(0) or b"")
        now[0] = 6 * 3_600.0  # of silence, which takes no room on the disk
        assert sink(packets.packet(1) or b"")
        now[0] = 6.3 * 3_600
        assert not sink(packets.packet(2) or b"")
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert file.getnframes() / 48_000 == pytest.approx(6 * 3_600, abs=1)


@pytest.mark.anyio
async def test_a_folder_is_played_to_a_file_gapless_and_faster_than_it_sounds(music: Path, tmp_path: Path) -> None:
    songs, over = Folder(music, tmp_path / "packets"), anyio.Event()

    async def on_change(session: Session, position_s: float) -> None:
        if session.state is PlaybackState.IDLE:
            over.set()

    began = anyio.current_time()
    with FastPacer() as pacer, WavSink(tmp_path / "out.wav") as sink:
        async with Players() as players:
            player = players.open(1, lambda report: VoiceOutput(pacer, sink, songs.open, report), on_change)
            player.tell(Enqueue(songs.entries()))
            with anyio.fail_after(20):
                await over.wait()
    assert anyio.current_time() - began < 2 * SECONDS, "half a second where the machine is quiet"
    made = sound_in(tmp_path / "out.wav")
    assert len(made) / 48_000 == pytest.approx(2 * SECONDS, abs=0.25), "both, and the frames of silence at the end"
    loud = np.sqrt((made[: round(2 * SECONDS * 48_000)].reshape(-1, 4_800, 2) ** 2).mean(axis=(1, 2)))
    assert loud.min() > 0.02, "no tenth of a second without sound"
    assert sorted(path.name for path in (tmp_path / "packets").iterdir()) == ["a sun.mp3.opus", "b rain.mp3.opus"]
    assert not [thread for thread in threading.enumerate() if "fast-pacer" in thread.name]


@pytest.mark.anyio
async def test_a_song_becomes_packets_once_however_many_ask(music: Path, tmp_path: Path) -> None:
    counted = script(tmp_path / "counted", f'echo x >> {tmp_path}/runs; exec {find_ffmpeg()} "$@"')
    songs, track = Folder(music, tmp_path / "packets", ffmpeg=str(counted)), Track(TrackId("a sun.mp3"), "Sun")
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(songs.open, track)
    await songs.open(track)
    assert (tmp_path / "runs").read_text().count("x") == 2, "one to measure, one to encode"
    os.utime(music / "a sun.mp3")
    await songs.open(track)
    assert (tmp_path / "runs").read_text().count("x") == 4, "the file is another one now"


def test_a_folders_songs_come_by_name(music: Path, tmp_path: Path) -> None:
    entries = Folder(music, tmp_path).entries(UserId(7))
    assert [entry.track.title for entry in entries] == ["a sun", "b rain"]
    assert entries[0] == Entry(EntryId("a sun.mp3"), Track(TrackId("a sun.mp3"), "a sun"), UserId(7))


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["../secret.mp3", "/etc/passwd", "none.mp3", "notes.txt", "..", ""])
async def test_a_folder_opens_only_what_it_has(music: Path, tmp_path: Path, name: str) -> None:
    (music.parent / "secret.mp3").write_bytes((music / "a sun.mp3").read_bytes())
    with pytest.raises(SourceError):
        await Folder(music, tmp_path / "packets").open(Track(TrackId(name), "it"))


def test_a_fast_pacer_goes_on_where_a_tick_raises_and_calls_nobody_who_left(caplog: pytest.LogCaptureFixture) -> None:
    enough, called = threading.Event(), list[int]()

    def broken() -> None:
        raise ValueError("a guild's own fault")

    def tick() -> None:
        called.append(1)
        if len(called) == 5:
            enough.set()

    with FastPacer(speed=20) as pacer:
        pacer.add(broken)
        pacer.add(tick)
        pacer.add(tick)
        assert enough.wait(5)
        pacer.remove(tick)
        count = len(called)
        again = threading.Event()
        pacer.add(again.set)
        assert again.wait(5), "others are still called"
        assert len(called) == count
    assert "a guild's own fault" in caplog.text
    called.clear()
    pacer.add(tick)
    assert not called, "it is over"
