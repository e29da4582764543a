"""The pacer's process: what disturbs it, what ends it, what is left of it."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from struct import Struct

import anyio
import anyio.to_thread
import pytest
from attrs import define, field

from conductr_player import Ended, EndReason, IndexedPackets, LinkLost, OutputError, Report, Started
from conductr_player.core.tracks import EntryId
from conductr_player.errors import PacerLost
from conductr_player.pacing.orders import Lead, Pause, Take
from conductr_player.pacing.pacer import Pacer
from conductr_player.pacing.pacers import LinePacer, Pacers
from conductr_player.remote import PacerProcess, RtpSpec, StreamSpec
from conductr_player.rtp import AES, KEY_BYTES
from conductr_player.testing import packets, write_ogg

E = EntryId("e")
KEY = bytes(range(65, 65 + KEY_BYTES))
SO_TIMESTAMPNS = 35  # <asm-generic/socket.h>; not in Python's socket module
STAMP = Struct("@qq")


@define(eq=False)
class Ear:
    """A UDP socket that notes when each packet arrived by the kernel's clock, however late it is read."""

    udp: socket.socket = field(init=False, factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    mouth: socket.socket = field(init=False, factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))

    def __attrs_post_init__(self) -> None:
        self.udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)
        self.mouth.setblocking(False)
        self.mouth.connect(self.udp.getsockname())

    @property
    def spec(self) -> RtpSpec:
        return RtpSpec(self.mouth, AES, KEY, 1)

    def times(self) -> list[float]:
        """When packets arrived since it was asked last."""
        found = list[float]()
        while True:
            try:
                _, extra, _, _ = self.udp.recvmsg(2_000, 64)
            except BlockingIOError:
                return found
            seconds, nanoseconds = STAMP.unpack(extra[0][2][:16])
            found.append(seconds + nanoseconds * 1e-9)

    def times_of(self, count: int) -> list[float]:
        found, end = list[float](), time.monotonic() + 5
        while len(found) < count:
            assert time.monotonic() < end
            time.sleep(0.005)
            found += self.times()
        return found

    def close(self) -> None:
        self.udp.close()
        self.mouth.close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.close()


@pytest.fixture
def song(tmp_path: Path) -> IndexedPackets:
    return IndexedPackets.open(write_ogg(tmp_path / "song.opus", packets(5_000)))


@pytest.fixture(scope="module")
def process() -> Iterator[PacerProcess]:
    with PacerProcess() as process:
        yield process


def unheard(report: Report | LinkLost) -> None:
    """Nobody asks for it."""


@contextmanager
def playing(pacer: LinePacer, ear: Ear, song: IndexedPackets) -> Iterator[None]:
    line = pacer.line(ear.spec, unheard)
    try:
        line.give(Take(1, E, song))
        ear.times_of(3)
        yield
    finally:
        line.close()


def hog(seconds: float) -> None:
    """Hold Python's lock, in calls of C that never let go of it."""
    count = 1_000_000
    begun = time.perf_counter()
    sum(range(count))
    count = int(count * seconds / (time.perf_counter() - begun))
    sum(range(count))


def longest_gap(pacer: LinePacer, ear: Ear, song: IndexedPackets, busy: Callable[[], None]) -> float:
    with playing(pacer, ear, song):
        times = ear.times_of(2)
        busy()
        times += ear.times_of(3)
    return max(b - a for a, b in pairwise(times))


def test_a_program_that_holds_python_stops_its_threads_music_but_not_the_processs(
    process: PacerProcess, ear: Ear, song: IndexedPackets
) -> None:
    with Pacer() as thread:
        assert longest_gap(thread, ear, song, lambda: hog(0.4)) > 0.15
    assert min(longest_gap(process, ear, song, lambda: hog(0.4)) for _ in range(3)) < 0.06


def test_a_busy_event_loop_does_not_shift_the_processs_grid(
    process: PacerProcess, ear: Ear, song: IndexedPackets
) -> None:
    def off_grid() -> float:
        """How far half of the packets are from their grid at most, while half the time goes to Python."""
        with playing(process, ear, song):
            end = time.monotonic() + 0.8
            while time.monotonic() < end:
                begun = time.thread_time()
                while time.thread_time() - begun < 0.005:
                    json.loads(json.dumps({"a": list(range(50))}))
                time.sleep(0.005)
            times = ear.times()
        begin = median(at - 0.02 * number for number, at in enumerate(times))
        return median(abs(at - 0.02 * number - begin) for number, at in enumerate(times))

    assert min(off_grid() for _ in range(3)) < 0.003


def test_a_process_that_was_stopped_goes_on_without_a_burst(
    process: PacerProcess, ear: Ear, song: IndexedPackets
) -> None:
    with playing(process, ear, song):
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(0.6)
        ear.times()
        os.kill(process.pid, signal.SIGCONT)
        times = ear.times_of(25)
    for number, at in enumerate(times, 1):
        assert number <= (at - times[0]) / 0.02 + 1 + 3, "at most three are made up for"
    assert min(b - a for a, b in pairwise(times)) > 0.008


def test_what_a_sink_cannot_be_is_told(process: PacerProcess) -> None:
    with pytest.raises(OutputError, match="needs a Pacer"):
        process.line(lambda _: True, unheard)


def test_lines_go_to_the_pacer_with_the_fewest(process: PacerProcess, ear: Ear, song: IndexedPackets) -> None:
    with Pacer() as thread:
        pacers = Pacers((process, thread))
        lines = [pacers.line(ear.spec, unheard) for _ in range(4)]
        assert (process.load, thread.load) == (2, 2)
        for line in lines:
            line.close()
    assert process.load == 0


def test_the_key_is_nowhere_to_be_seen(
    process: PacerProcess, ear: Ear, caplog: pytest.LogCaptureFixture, song: IndexedPackets
) -> None:
    reports = list[Report | LinkLost]()
    wrong = process.line(RtpSpec(ear.mouth, "a mode of tomorrow", KEY, 1), reports.append)
    until(lambda: reports == [LinkLost()])
    wrong.close()
    with playing(process, ear, song):
        about = Path("/proc", str(process.pid))
        said = [repr(ear.spec), caplog.text, (about / "cmdline").read_text(), (about / "environ").read_text("latin1")]
    assert "a mode of tomorrow" in caplog.text, "the reason is"
    assert not [text for text in said if KEY.decode() in text or repr(KEY)[2:-1] in text]


def test_lines_leave_nothing_open(process: PacerProcess, song: IndexedPackets) -> None:
    begun = [open_and_close(process, song) for _ in range(5)][-1]
    for _ in range(100):
        reader, writer = os.pipe()
        line = process.line(StreamSpec(writer), unheard)
        line.give(Take(1, E, song))
        line.close()
        os.close(reader)
        os.close(writer)
    here, there = open_and_close(process, song)
    assert here <= begun[0]
    assert there <= begun[1], "what other tests left may go meanwhile"


def open_and_close(process: PacerProcess, song: IndexedPackets) -> tuple[int, int]:
    """Have something heard, and all that was asked before is done there. Descriptors open after it, here and there."""
    reports = list[Report | LinkLost]()
    reader, writer = os.pipe()
    line = process.line(StreamSpec(writer), reports.append)
    line.give(Take(1, E, song))
    until(lambda: reports == [Started(1)])
    line.close()
    os.close(reader)
    os.close(writer)
    until(lambda: not process._closing)
    gc.collect()
    return fds_of("self"), fds_of(process.pid)


def fds_of(pid: int | str) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def until(met: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not met():
        assert time.monotonic() < end
        time.sleep(0.002)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_process_that_is_killed_is_noticed_by_every_line(
    ear: Ear, song: IndexedPackets, caplog: pytest.LogCaptureFixture
) -> None:
    lost, reports = list[PacerLost](), [list[Report | LinkLost]() for _ in range(3)]
    with PacerProcess(lost.append) as process:
        lines = [process.line(ear.spec, each.append) for each in reports]
        for line in lines:
            line.give(Take(1, E, song))
        ear.times_of(9)
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: all(each[-1:] == [LinkLost()] for each in reports) and lost != [])
        assert "signal 9" in caplog.text
        with pytest.raises(PacerLost, match="signal 9"):
            process.line(ear.spec, unheard)
        lines[0].give(Take(2, E, song))
        assert reports[0][1:] == [LinkLost(), LinkLost()], "a newer play is told so as well"
        sent = lines[0].packets_sent
        assert sent > 0
        lines[0].close()
        ends = [each for each in reports[0] if isinstance(each, Ended)]
        assert [(each.play_id, each.reason) for each in ends] == [(1, EndReason.SHUTDOWN), (2, EndReason.SHUTDOWN)]
    assert lines[1].packets_sent > 0, "known even when all is given back"


def test_a_process_that_does_not_read_is_killed(ear: Ear, song: IndexedPackets) -> None:
    reports = list[Report | LinkLost]()
    with PacerProcess() as process:
        line = process.line(ear.spec, reports.append)
        os.kill(process.pid, signal.SIGSTOP)
        for _ in range(20):
            line.give(Pause(Lead((bytes(1_000_000),), 0)))
        until(lambda: reports == [LinkLost()])
        assert is_gone(process.pid)


def test_the_process_ends_with_its_parent() -> None:
    program = "import os, time; from conductr_player.remote import PacerProcess\n"
    program += "with PacerProcess() as process: print(process.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not is_gone(pid)
        parent.kill()
    until(lambda: is_gone(pid))


@pytest.mark.anyio
async def test_it_leaves_no_process_thread_or_descriptor_behind(ear: Ear, song: IndexedPackets) -> None:
    def left() -> tuple[int, set[str], str]:
        threads = {each.name for each in threading.enumerate() if each.name.startswith("conductr")}
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
        return fds_of("self"), threads, children

    await anyio.to_thread.run_sync(gc.collect)
    before = left()
    async with PacerProcess() as process:
        process.line(ear.spec, unheard).give(Take(1, E, song))
    assert is_gone(process.pid)
    assert left() == before
    with anyio.move_on_after(0.01):
        async with PacerProcess():
            await anyio.sleep_forever()
    assert left() == before
