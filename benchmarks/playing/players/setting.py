"""What a player's process is told, and how it tells that it plays."""

from __future__ import annotations

import asyncio
import ctypes.util
import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from attrs import frozen

START_WITHIN_S = 85.0


@frozen
class Setting:
    """`port` is the listener's; `packets` is read by `playing.song.read_packets`."""

    kind: str
    guilds: int
    port: int
    mp3: Path
    opus: Path
    packets: Path
    other_mp3: Path
    other_opus: Path

    @classmethod
    def from_argv(cls) -> Setting:
        told: dict[str, Any] = json.loads(sys.argv[1])
        kind, guilds, port = (told.pop(name) for name in ("kind", "guilds", "port"))
        return cls(kind, guilds, port, **{name: Path(path) for name, path in told.items()})


class Cannot(Exception):
    """This player cannot be run here; says why."""


async def play_until_told(playing: AbstractAsyncContextManager[float | None]) -> None:
    """Say "ready" once it plays, with the CPU seconds that it gives, or "cannot: why"; end with the input."""
    raise_limits()
    try:
        async with playing as once_cpu_s:
            print("ready" if once_cpu_s is None else f"ready with {once_cpu_s:.3f}", flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    except Cannot as reason:
        print(f"cannot: {reason}", flush=True)
    except TimeoutError:
        print(f"cannot: not all guilds were playing within {START_WITHIN_S:.0f} s", flush=True)
    os._exit(0)  # hundreds of daemon threads and children; the parent ends the group


def raise_limits() -> None:
    """A socket a guild."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(START_WITHIN_S):
        while not met():  # noqa: ASYNC110 - threads set no event
            await asyncio.sleep(0.02)


def system_libopus() -> str:
    """The name to load libopus by. Raises Cannot where it is not there."""
    name = ctypes.util.find_library("opus") or "libopus.so.0"
    try:
        ctypes.CDLL(name)
    except OSError:
        raise Cannot("libopus is not on this machine (Debian: apt install libopus0)") from None
    return name
