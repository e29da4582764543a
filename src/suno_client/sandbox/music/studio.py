"""Takes on their way to disk: who renders which, in what order, and how far each one is."""

from __future__ import annotations

import heapq
import json
import logging
import sys
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process, TaskGroup
from anyio.streams.buffered import BufferedByteReceiveStream

from suno_client.sandbox.music.kept import KeptTakes
from suno_client.sandbox.music.order import TAKES, Order

_log = logging.getLogger(__name__)
_LINE_LIMIT = 65_536
END_S = 5.0  # how long a renderer may take to go


@dataclass(eq=False)
class Recording:
    """One take: what was ordered, its files, and how much of the sound is there. Bytes below `size` never change."""

    id: str
    order: Order
    folder: Path
    size: int = 0
    duration_s: float | None = None
    failed: str | None = None
    follower: Recording | None = None
    abandoned: bool = False
    _changed: anyio.Event = field(default_factory=anyio.Event)

    @property
    def audio(self) -> Path:
        return self.folder / f"{self.id}.mp3"

    @property
    def cover(self) -> Path:
        return self.folder / f"{self.id}.jpeg"

    @property
    def whole(self) -> bool:
        return self.duration_s is not None

    @property
    def over(self) -> bool:
        return self.whole or self.failed is not None or self.abandoned

    def tell(self, *, size: int | None = None, duration_s: float | None = None, failed: str | None = None) -> None:
        """Notes how far the take is, and wakes everybody who waits for it."""
        self.size = self.size if size is None else size
        self.duration_s = self.duration_s if duration_s is None else duration_s
        self.failed = self.failed or failed
        self._changed.set()
        self._changed = anyio.Event()

    async def grown(self, beyond: int) -> None:
        """Waits until more than `beyond` bytes are there, or no more will come."""
        while self.size <= beyond and not self.over:
            await self._changed.wait()

    async def ended(self) -> None:
        while not self.over:
            await self._changed.wait()

    def discard(self) -> None:
        """Removes the files; who still listens hears the end."""
        self.abandoned = True
        self.tell()
        self.audio.unlink(missing_ok=True)
        self.cover.unlink(missing_ok=True)


class Studio:
    """Renders takes in child processes, `lanes` at a time: first takes before second ones, else in order.

    One of several lanes is for first takes alone, so that no listener waits for a song that nobody has asked for yet.
    The children end with this process, also when it is killed: they watch their standard input. The first is warm
    before anything is ordered, the others when something is. What is in `kept` is not rendered again.
    """

    def __init__(self, folder: Path, *, lanes: int = 2, waiting_limit: int = 64, kept: KeptTakes | None = None) -> None:
        self.folder = folder
        self.waiting_limit = waiting_limit
        self._lanes = lanes
        self._kept = kept
        self._ordered = anyio.Event()
        self._numbers = count()
        self._waiting: list[tuple[int, int, Recording]] = []
        self._work = anyio.Condition()

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self.waiting_limit

    async def render(self, recording: Recording) -> None:
        """Puts a take in the line; its follower comes after it."""
        if self._kept is not None and (was := self._kept.fetch(recording.order, recording.audio, recording.cover)):
            recording.tell(size=recording.audio.stat().st_size, duration_s=was)
            if recording.follower is not None:
                await self.render(recording.follower)
            return
        self._ordered.set()
        async with self._work:
            heapq.heappush(self._waiting, (recording.order.take, next(self._numbers), recording))
            self._work.notify_all()

    def start(self, group: TaskGroup) -> None:
        for number in range(self._lanes):
            group.start_soon(self._run_lane, number)

    async def _run_lane(self, number: int) -> None:
        first_takes_only = number == 0 and self._lanes > 1
        worker = _Worker(self.folder)
        try:
            if number > 0:
                await self._ordered.wait()
            await worker.open()  # so that it is warm when its first order comes
            while True:
                await self._render_next(worker, 1 if first_takes_only else TAKES)
        finally:
            with anyio.CancelScope(shield=True):
                await worker.close()

    async def _render_next(self, worker: _Worker, last_take: int) -> None:
        async with self._work:
            while not self._waiting or self._waiting[0][0] > last_take:
                await self._work.wait()
            recording = heapq.heappop(self._waiting)[2]
        if recording.abandoned:
            return
        try:
            await worker.render(recording)
        except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError, OSError, ValueError) as error:
            _log.warning("a renderer ended early: %s", type(error).__name__)
            recording.tell(failed="the renderer ended early")
            await worker.close()
        if self._kept is not None and recording.duration_s is not None and not recording.abandoned:
            self._kept.keep(recording.order, recording.audio, recording.cover, recording.duration_s)
        if recording.follower is not None and not recording.abandoned:
            await self.render(recording.follower)


class _Worker:
    """A child process that renders one order after another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None
        self._answers: BufferedByteReceiveStream | None = None

    async def open(self) -> tuple[Process, BufferedByteReceiveStream]:
        if self._process is None or self._answers is None or self._process.returncode is not None:
            argv = [sys.executable, "-m", "suno_client.sandbox.music.worker", str(self._folder)]
            self._process = await anyio.open_process(argv, stderr=None)
            assert self._process.stdout is not None
            self._answers = BufferedByteReceiveStream(self._process.stdout)
        return self._process, self._answers

    async def render(self, recording: Recording) -> None:
        """Returns when the take is whole or has failed; raises when the process is gone."""
        process, answers = await self.open()
        assert process.stdin is not None
        line = json.dumps({"id": recording.id, "order": asdict(recording.order)})
        await process.stdin.send(line.encode() + b"\n")
        answer: dict[str, Any] = {"size": 0}
        dropped = False
        while "size" in answer:  # a line without a size is the last of its take
            if recording.abandoned and not dropped:
                await process.stdin.send(json.dumps({"drop": recording.id}).encode() + b"\n")
                dropped = True
            answer = json.loads(await answers.receive_until(b"\n", _LINE_LIMIT))
            recording.tell(size=answer.get("size"), duration_s=answer.get("duration_s"), failed=answer.get("failed"))
        if recording.abandoned:
            recording.discard()

    async def close(self) -> None:
        process, self._process, self._answers = self._process, None, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
        with anyio.move_on_after(END_S):  # which then kills it
            await process.aclose()
