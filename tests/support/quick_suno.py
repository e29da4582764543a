"""The sandbox with songs that were made before: its gateway, books and ledger, without the composer's seconds."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from anyio.abc import TaskGroup
from attrs import frozen
from PIL import Image

from conductr_player import find_ffmpeg
from suno_client.sandbox import SandboxServer
from suno_client.sandbox.connections import Listener
from suno_client.sandbox.house import House
from suno_client.sandbox.music.studio import Recording, Studio

from .suno import Suno

AT_ONCE = 1_000.0  # times faster than a gateway: every stage has begun when it is asked for
PITCHES_HZ = (330, 440)  # of the two takes


@frozen
class Prepared:
    """Two takes of so many seconds, and a cover."""

    takes: tuple[Path, ...]
    cover: Path
    duration_s: float


class PreparedStudio(Studio):
    """Hands out the same two takes for every order."""

    def __init__(self, folder: Path, prepared: Prepared) -> None:
        super().__init__(folder)
        self._prepared = prepared

    def start(self, group: TaskGroup) -> None:
        """No renderer is needed."""

    async def render(self, recording: Recording) -> None:
        shutil.copy(self._prepared.takes[recording.order.take - 1], recording.audio)
        shutil.copy(self._prepared.cover, recording.cover)
        recording.tell(size=recording.audio.stat().st_size, duration_s=self._prepared.duration_s)
        if recording.follower is not None:
            await self.render(recording.follower)


class QuickSandbox(SandboxServer):
    def __init__(self, prepared: Prepared, *, speed: float, now: Callable[[], float]) -> None:
        super().__init__(speed=speed, music_seconds=prepared.duration_s, balance=1_000_000, now=now)
        self._prepared = prepared

    def _furnished(self, folder: Path, listener: Listener, group: TaskGroup) -> House:
        house = super()._furnished(folder, listener, group)
        return replace(house, studio=PreparedStudio(folder, self._prepared))


def prepare(folder: Path, duration_s: float) -> Prepared:
    """Made by FFmpeg in a moment; good for as many sandboxes as are wanted."""
    takes = tuple(folder / f"{pitch}.mp3" for pitch in PITCHES_HZ)
    for pitch, take in zip(PITCHES_HZ, takes, strict=True):
        source = f"sine=frequency={pitch}:duration={duration_s}"
        argv = [find_ffmpeg(), "-v", "error", "-y", "-f", "lavfi", "-i", source, "-ac", "2", "-b:a", "64k", str(take)]
        subprocess.run(argv, check=True)
    cover = folder / "cover.jpeg"
    Image.new("RGB", (64, 64), "teal").save(cover)
    return Prepared(takes, cover, duration_s)


@asynccontextmanager
async def quick_suno(
    prepared: Prepared, *, speed: float = AT_ONCE, now: Callable[[], float] = time.monotonic
) -> AsyncIterator[tuple[Suno, QuickSandbox]]:
    """With a `speed` of nearly nothing, tasks are accepted and stay in the queue."""
    async with QuickSandbox(prepared, speed=speed, now=now) as server:
        yield Suno(server.url, server.key), server
