"""The sandbox as a child process, for programs that must not share their loop with it; asyncio and trio."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio.streams.buffered import BufferedByteReceiveStream

from suno_client.sandbox.refusals import Dialect

READY = "Suno sandbox listening on "
START_TIMEOUT_S = 30.0


class SandboxNotStarted(RuntimeError):
    """The child process ended, or said nothing, before it listened; its own words are on standard error."""


@dataclass(frozen=True)
class SpawnedSandbox:
    """Where a sandbox in a child process listens, and a key that it lets in."""

    url: str
    key: str
    pid: int


@asynccontextmanager
async def spawn_sandbox(
    *,
    dialect: Dialect = "sunoapi",
    port: int = 0,
    key: str | None = None,
    speed: float = 1.0,
    music_seconds: float | None = None,
    seed: int = 0,
    script: str = "sandbox",
    webhook_key: str | None = None,
) -> AsyncGenerator[SpawnedSandbox]:
    """Starts `python -m suno_client.sandbox` and waits until it listens.

    The child ends with this block, and by itself when this process dies. Raises SandboxNotStarted.
    """
    argv = [sys.executable, "-m", "suno_client.sandbox", "--until-stdin-closes", "--dialect", dialect]
    argv += ["--port", str(port), "--speed", str(speed), "--seed", str(seed), "--script", script]
    argv += ["--key", key] if key else []
    argv += ["--webhook-key", webhook_key] if webhook_key else []
    argv += ["--music-seconds", str(music_seconds)] if music_seconds else []
    process = await anyio.open_process(argv, stderr=None)
    try:
        assert process.stdout is not None  # it was asked for
        lines = BufferedByteReceiveStream(process.stdout)
        try:
            with anyio.fail_after(START_TIMEOUT_S):
                line = (await lines.receive_until(b"\n", 4_096)).decode()
        except (TimeoutError, anyio.EndOfStream, anyio.IncompleteRead, anyio.DelimiterNotFound) as error:
            raise SandboxNotStarted("the Suno sandbox did not start") from error
        yield SpawnedSandbox(line.removeprefix(READY).strip(), key or "sandbox", process.pid)
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)


async def _end(process: anyio.abc.Process, grace_s: float = 5.0) -> None:
    assert process.stdin is not None
    await process.stdin.aclose()  # asks it to go
    with anyio.move_on_after(grace_s):
        await process.wait()
    if process.returncode is None:
        process.kill()
    await process.aclose()
