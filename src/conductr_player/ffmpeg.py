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

from .errors import DamagedAudio, FFmpegMissing, SourceError
from .recipes import last_complaint

CPU_LIMIT_S: Final = 120  # of a core; a song of three minutes takes two seconds
OUTPUT_LIMIT: Final = 64_000_000  # bytes of a file that it may write
MEMORY_LIMIT: Final = 2 << 30  # bytes of address space
KEPT_OF_STDERR: Final = 256_000  # characters, of the end
NICE: Final = 10


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
    argv: Sequence[str], *, stdin: int | IO[bytes], stdout: int | IO[bytes], nice: int = 0
) -> AsyncGenerator[Process]:
    """A running FFmpeg in a process group of its own, killed at the end if it still runs.

    It gets no environment of ours. Raises FFmpegMissing where it cannot be started.
    """
    process = await _start(argv, stdin, stdout)
    try:
        _limit(process.pid, nice)
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


async def run(argv: Sequence[str], *, stdin: IO[bytes], stdout: int | IO[bytes], nice: int = NICE) -> str:
    """Run it to its end between files and return what it said. Raises DamagedAudio where it gives up."""
    async with started(argv, stdin=stdin, stdout=stdout, nice=nice) as process:
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
    """Raises SourceError where it was killed, DamagedAudio where it gave up."""
    code = process.returncode or 0
    if code < 0:
        raise SourceError(f"FFmpeg was ended by signal {-code}")
    if code > 0:
        raise DamagedAudio(f"FFmpeg cannot read it: {last_complaint(said)}")


def _limit(pid: int, nice: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it may be over already
        if nice:
            os.setpriority(os.PRIO_PROCESS, pid, nice)
        if sys.platform == "linux":
            import resource  # noqa: PLC0415 - not on every system

            resource.prlimit(pid, resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
            resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
