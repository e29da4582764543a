"""The sandbox with songs that were made before: its gateway, books and ledger, without the composer's seconds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio.abc import TaskGroup
from PIL import Image

from conductr_player import find_ffmpeg
from suno_client.sandbox import SandboxServer
from suno_client.sandbox.connections import Listener
from suno_client.sandbox.house import House
from suno_client.sandbox.music.studio import Recording, Studio

from .suno import Suno

SONG_S = 3.0
AT_ONCE = 1_000.0  # times faster than a gateway: every stage has begun when it is asked for
PITCHES_HZ = (330, 440)  # of the two takes


class PreparedStudio(Studio):
    """Hands out the same two takes for every order."""

    def __init__(self, folder: Path, takes: tuple[Path, ...], cover: Path) -> None:
        super().__init__(folder)
        self._takes, self._cover = takes, cover

    def start(self, group: TaskGroup) -> None:
        """No renderer is needed."""

    async def render(self, recording: Recording) -> None:
        shutil.copy(self._takes[recording.order.take - 1], recording.audio)
        shutil.copy(self._cover, recording.cover)
        recording.tell(size=recording.audio.stat().st_size, duration_s=SONG_S)
        if recording.follower is not None:
            await self.render(recording.follower)


class QuickSandbox(SandboxServer):
    def __init__(self, prepared: Path, *, speed: float) -> None:
        super().__init__(speed=speed, music_seconds=SONG_S, balance=1_000_000)
        self._takes, self._image = prepare(prepared)

    def _furnished(self, folder: Path, listener: Listener, group: TaskGroup) -> House:
        house = super()._furnished(folder, listener, group)
        return replace(house, studio=PreparedStudio(folder, self._takes, self._image))


def prepare(folder: Path) -> tuple[tuple[Path, ...], Path]:
    """Two takes and a cover, made by FFmpeg in a moment."""
    takes = tuple(folder / f"{pitch}.mp3" for pitch in PITCHES_HZ)
    for pitch, take in zip(PITCHES_HZ, takes, strict=True):
        source = f"sine=frequency={pitch}:duration={SONG_S}"
        argv = [find_ffmpeg(), "-v", "error", "-y", "-f", "lavfi", "-i", source, "-ac", "2", "-b:a", "64k", str(take)]
        subprocess.run(argv, check=True)
    cover = folder / "cover.jpeg"
    Image.new("RGB", (64, 64), "teal").save(cover)
    return takes, cover


@asynccontextmanager
async def quick_suno(*, speed: float = AT_ONCE) -> AsyncIterator[tuple[Suno, QuickSandbox]]:
    """With a `speed` of nearly nothing, tasks are accepted and stay in the queue."""
    with TemporaryDirectory(prefix="conductr-prepared-") as folder:
        async with QuickSandbox(Path(folder), speed=speed) as server:
            yield Suno(server.url, server.key), server
