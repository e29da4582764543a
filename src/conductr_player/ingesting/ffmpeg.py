"""FFmpeg as a child process: found, limited, and gone when we are done with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import IO, Final

import anyio
from anyio.abc import ByteReceiveStream, Process
from attrs import frozen

from conductr_player.errors import DamagedAudio, FFmpegMissing, SourceError

from .recipes import last_complaint, shortage

KEPT_OF_STDERR: Final = 256_000  # characters, of the end
NICE: Final = 10


@frozen
class Limits:
    """What FFmpeg may take for one file. The three that the kernel keeps are Linux's."""

    within_s: float = 180.0  # all passes over a file
    hangs_after_s: float = 10.0  # of a growing song: in which it takes nothing, or gives nothing at the end
    cpu_s: int = 120  # of a core, a pass; a song of three minutes takes two seconds
    output_bytes: int = 64_000_000  # of a file that it writes
    memory_bytes: int = 2 << 30  # of address space


LIMITS: Final = Limits()


def find_ffmpeg() -> str:
    """The program's path: CONDUCTR_FFMPEG, else PATH, else imageio-ffmpeg's. Raises FFmpegMissing."""
    named = os.environ.get("CONDUCTR_FFMPEG")
    if found := shutil.which(named or "ffmpeg"):
        return found
    if named:
        raise FFmpegMissing
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise FFmpegMissing from error


@asynccontextmanager
async def started(
    argv: Sequence[str], *, stdin: int | IO[bytes], stdout: int | IO[bytes], limits: Limits = LIMITS, nice: int = 0
) -> AsyncGenerator[Process]:
    """A running FFmpeg in a process group of its own, killed at the end if it still runs.

    It gets no environment of ours. Raises FFmpegMissing where it cannot be started.
    """
    process = await _start(argv, stdin, stdout)
    try:
        _limit(process.pid, limits, nice)
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        with anyio.CancelScope(shield=True):
            await process.wait()
            await process.aclose()


async def _start(argv: Sequence[str], stdin: int | IO[bytes], stdout: int | IO[bytes]) -> Process:
    process: Process | None = None
    try:
        with anyio.CancelScope(shield=True):  # cancelled half-way it could not be ended as a group
            process = await anyio.open_process(
                argv,
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.PIPE,
                env={"LC_ALL": "C"},
                start_new_session=True,
            )
    except OSError as error:
        raise FFmpegMissing from error
    assert process is not None
    return process


async def run(
    argv: Sequence[str], *, stdin: IO[bytes], stdout: int | IO[bytes], limits: Limits = LIMITS, nice: int = NICE
) -> str:
    """Run it to its end between files and return what it said. Raises DamagedAudio where it gives up."""
    async with started(argv, stdin=stdin, stdout=stdout, limits=limits, nice=nice) as process:
        said = await read_all(process.stderr)
        await process.wait()
        check_end(process, said)
        return said


async def read_all(stream: ByteReceiveStream | None) -> str:
    """Text to the stream's end; of a talkative one only the last part is kept."""
    kept = b""
    if stream is not None:
        async for chunk in stream:
            kept = (kept + chunk)[-KEPT_OF_STDERR:]
    return kept.decode(errors="replace")


def check_end(process: Process, said: str) -> None:
    """Raises SourceError where it was killed or lacked something, DamagedAudio where it gave up on the sound."""
    code = process.returncode or 0
    if code < 0:
        why = _BEYOND.get(-code, f"was ended by signal {-code}")
        raise SourceError(f"FFmpeg {why}")
    if code > 0:
        complaint = last_complaint(said)
        if (lack := shortage(said)) is not None:
            raise SourceError(f"FFmpeg stopped: {lack}")
        if complaint is None:
            raise SourceError(f"FFmpeg ended with {code}, and gave no reason")
        raise DamagedAudio(f"FFmpeg cannot read it: {complaint}")


_BEYOND: Final = {
    int(signal.SIGXCPU): "took more than its CPU time",
    int(signal.SIGXFSZ): "wrote more than it may",
}


def _limit(pid: int, limits: Limits, nice: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it may be over already
        if nice:
            os.setpriority(os.PRIO_PROCESS, pid, nice)
        if sys.platform == "linux":
            import resource  # noqa: PLC0415 - not on every system

            # The second figure kills. Of CPU time it comes later, so that the first can be told from a kill.
            for what, soft, hard in (
                (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 2),
                (resource.RLIMIT_FSIZE, limits.output_bytes, limits.output_bytes),
                (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
            ):
                resource.prlimit(pid, what, (soft, hard))
