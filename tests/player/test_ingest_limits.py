"""What FFmpeg may take is limited, and each limit holds: time, memory, disk; told in words, and nothing is left."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from conductr_player import IndexedPackets, LivePackets, SourceError
from conductr_player.ingesting.ingest import Limits, find_ffmpeg, ingest, ingest_live

from .audio import make, write_music
from .test_ingest import alive_in_group, script, written_pid

pytestmark = pytest.mark.anyio

SECONDS = 4.0
HANGS_IN_ITS_SECOND_PASS = 'case "$*" in *ebur128*) exec {ffmpeg} "$@";; esac; exec sleep 30'
HANGS_AT_THE_END = 'case "$*" in *ebur128*) exec {ffmpeg} "$@";; esac; cat > /dev/null; sleep 30'
FULL = 'case "$*" in *ebur128*) exec {ffmpeg} "$@";; esac; exec {ffmpeg} "$@" > /dev/full'


@pytest.fixture(scope="module")
def mp3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("limits")
    return make(write_music(folder / "song.wav", SECONDS), folder / "song.mp3", "-b:a", "128k")


def program(path: Path, text: str) -> str:
    """A stand-in for FFmpeg that notes its process id beside it."""
    return str(script(path, f"echo $$ >> {path}.pid; " + text.replace("{ffmpeg}", find_ffmpeg())))


async def refused(mp3: Path, folder: Path, limits: Limits, ffmpeg: str | None = None) -> str:
    """Why it is; nothing of it is left in the folder."""
    with pytest.raises(SourceError) as caught:
        await ingest(mp3, folder / "out.opus", limits=limits, ffmpeg=ffmpeg)
    assert type(caught.value) is SourceError, "not the file's fault"
    assert not [path for path in folder.iterdir() if "opus" in path.name]
    return str(caught.value)


@pytest.mark.parametrize("text", ["exec sleep 30", "trap '' TERM; sleep 30 & sleep 30", HANGS_IN_ITS_SECOND_PASS])
async def test_one_that_hangs_is_ended(mp3: Path, tmp_path: Path, text: str) -> None:
    hanging = program(tmp_path / "hanging", text)
    assert await refused(mp3, tmp_path, Limits(within_s=0.5), hanging) == "FFmpeg did not finish within 0.5 s"
    for pid in (tmp_path / "hanging.pid").read_text().split():
        await gone(int(pid))


async def gone(group: int) -> None:
    with anyio.fail_after(5):
        while alive_in_group(group):  # killed they are; being gone takes the kernel a moment
            await anyio.sleep(0.01)


async def test_one_that_says_too_much_is_not_kept_in_memory(mp3: Path, tmp_path: Path) -> None:
    chatty = program(tmp_path / "chatty", "head -c 30000000 /dev/zero | tr '\\0' x >&2; exit 1")
    assert await refused(mp3, tmp_path, Limits(), chatty) == "FFmpeg ended with 1, and gave no reason"


async def test_a_full_disk_is_told_as_what_it_is(mp3: Path, tmp_path: Path) -> None:
    assert (
        await refused(mp3, tmp_path, Limits(), program(tmp_path / "full", FULL)) == "FFmpeg stopped: the disk is full"
    )


async def test_one_that_is_told_to_go_is_not_the_files_fault(mp3: Path, tmp_path: Path) -> None:
    told = program(tmp_path / "told", "echo 'Exiting normally, received signal 15.' >&2; exit 255")
    assert "told to" in await refused(mp3, tmp_path, Limits(), told)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limits are Linux's")
class TestTheKernelKeeps:
    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"  # the kernel does not know which it is

    async def test_the_memory(self, mp3: Path, tmp_path: Path) -> None:
        late = program(tmp_path / "late", 'sleep 0.2; exec {ffmpeg} "$@"')  # the limit is there before it begins
        said = await refused(mp3, tmp_path, Limits(memory_bytes=180 << 20), late)
        assert re.search("more memory|signal 11|ended with 127", said)

    async def test_the_time_of_a_core(self, mp3: Path, tmp_path: Path) -> None:
        busy = program(tmp_path / "busy", "while :; do :; done")
        assert "CPU time" in await refused(mp3, tmp_path, Limits(cpu_s=1), busy)

    async def test_the_size_of_what_it_writes(self, mp3: Path, tmp_path: Path) -> None:
        assert "wrote more than it may" in await refused(mp3, tmp_path, Limits(output_bytes=10_000))

    @pytest.mark.parametrize("bitrate_kbits", [64, 128])
    async def test_none_of_them_from_what_needs_less(self, mp3: Path, tmp_path: Path, bitrate_kbits: int) -> None:
        limits = Limits(within_s=30, cpu_s=10, output_bytes=200_000, memory_bytes=1 << 30)
        done = await ingest(mp3, tmp_path / "out.opus", limits=limits, bitrate_kbits=bitrate_kbits)
        bits = (tmp_path / "out.opus").stat().st_size * 8
        assert bits / done.duration_s / 1_000 == pytest.approx(bitrate_kbits, rel=0.2)
        packets = IndexedPackets.open(tmp_path / "out.opus")
        assert {(packets.packet(n) or b"\0")[0] for n in range(len(packets))} == {0xFC}, "CELT at each of them"


async def growing(mp3: Path, after: anyio.Event | None = None) -> AsyncIterator[bytes]:
    """A song of which two thirds come at once, and the rest once `after` is set."""
    data = mp3.read_bytes()
    yield data[: len(data) * 2 // 3]
    if after is not None:
        await after.wait()
    yield data[len(data) * 2 // 3 :]


async def fed(mp3: Path, ffmpeg: str, limits: Limits) -> tuple[LivePackets, SourceError]:
    """What was fed to listeners, and why there is no more; they are told the same."""
    source = LivePackets()
    with anyio.fail_after(10), pytest.raises(SourceError) as caught:
        await ingest_live(growing(mp3), source, ffmpeg=ffmpeg, limits=limits)
    assert source.error is caught.value
    return source, caught.value


@pytest.mark.parametrize("text", ["exec sleep 30", HANGS_IN_ITS_SECOND_PASS, HANGS_AT_THE_END])
async def test_one_that_hangs_on_a_growing_song_is_ended(mp3: Path, tmp_path: Path, text: str) -> None:
    hanging = program(tmp_path / "hanging", text)
    _, error = await fed(mp3, hanging, Limits(hangs_after_s=0.5))
    assert str(error) == "FFmpeg hangs"
    for pid in (tmp_path / "hanging.pid").read_text().split():
        await gone(int(pid))


@pytest.mark.parametrize("first_bytes", [200_000, 40_000])
async def test_one_that_takes_no_more_of_a_growing_song_is_ended(mp3: Path, tmp_path: Path, first_bytes: int) -> None:
    async def plenty() -> AsyncIterator[bytes]:
        """More than a pipe holds, at the beginning or later."""
        data = mp3.read_bytes() * 8
        yield data[:first_bytes]
        yield data[first_bytes:]
        await anyio.sleep_forever()

    source = LivePackets()
    deaf = program(tmp_path / "deaf", HANGS_IN_ITS_SECOND_PASS)
    with anyio.fail_after(10), pytest.raises(SourceError, match="FFmpeg hangs"):
        await ingest_live(plenty(), source, ffmpeg=deaf, limits=Limits(hangs_after_s=0.3))


async def test_one_that_hangs_at_the_end_of_a_growing_song_leaves_what_it_gave(mp3: Path, tmp_path: Path) -> None:
    endless = program(tmp_path / "endless", '{ffmpeg} "$@"; case "$*" in *ebur128*) ;; *) sleep 30;; esac')
    source, error = await fed(mp3, endless, Limits(hangs_after_s=3))  # time enough for all that it has to say
    assert str(error) == "FFmpeg hangs"
    assert len(source) * 0.02 == pytest.approx(SECONDS, abs=0.1)


async def test_a_provider_may_stall_longer_than_ffmpeg_may(mp3: Path) -> None:
    source, rest = LivePackets(), anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: ingest_live(growing(mp3, rest), source, limits=Limits(hangs_after_s=2.0)))
        await source.first_packet_ready()
        await anyio.sleep(3.0)  # longer
        rest.set()
    assert source.complete
    assert len(source) * 0.02 == pytest.approx(SECONDS, abs=0.1)


async def test_a_growing_song_on_a_full_disk_says_so(mp3: Path, tmp_path: Path) -> None:
    _, error = await fed(mp3, program(tmp_path / "full", FULL), Limits())
    assert "disk is full" in str(error)


async def test_where_no_temporary_file_can_be_had_a_growing_song_is_heard_as_it_is(
    mp3: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    source = LivePackets()
    await ingest_live(growing(mp3), source)
    assert source.complete
    assert len(source) * 0.02 == pytest.approx(SECONDS, abs=0.1)


async def test_a_growing_song_has_the_bitrate_that_is_asked_for(mp3: Path) -> None:
    sizes = list[float]()
    for bitrate_kbits in (64, 128):
        source = LivePackets()
        await ingest_live(growing(mp3), source, bitrate_kbits=bitrate_kbits)
        sizes.append(sum(len(source.packet(n) or b"") for n in range(len(source))))
    assert sizes[1] / sizes[0] == pytest.approx(2, rel=0.2)


async def test_killed_in_its_second_pass_nothing_is_left(mp3: Path, tmp_path: Path) -> None:
    slow = program(tmp_path / "slow", HANGS_IN_ITS_SECOND_PASS)

    async def kill_the_second() -> None:
        os.kill(await written_pid(tmp_path / "slow.pid", 2), signal.SIGKILL)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(kill_the_second)
        assert await refused(mp3, tmp_path, Limits(), slow) == "FFmpeg was ended by signal 9"
