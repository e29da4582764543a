"""What is made of songs: each kind of side job with its own `create`, and with `get`, `watch` and `wait` like all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar, Generic, TypeVar, cast

from ._sending import Sender
from ._watch import Watch
from .errors import Misunderstood
from .models import Task, TaskId, id_of
from .requests import (
    GetCoverImages,
    GetLyrics,
    GetMidi,
    GetStems,
    GetVideo,
    GetWav,
    Look,
    MakeCoverImages,
    MakeMidi,
    MakeVideo,
    MakeWav,
    SplitStems,
    TimeLyrics,
    WriteLyrics,
)
from .requests.sides import StemKind
from .results import CoverImages, Job, Lyrics, Midi, Stems, TimedLyrics, Video, Wav

R = TypeVar("R")


class Jobs(Generic[R]):
    """Stateless: a job may be waited for in another process by its task's id alone."""

    look: ClassVar[type[Look[Any]]]

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def get(self, task_id: TaskId) -> Job[R]:
        """How the job stands now. A failed one is no error here: see `failed`, `raise_if_failed`."""
        return await self._look(task_id, fresh=True)

    def watch(self, task: Task | TaskId, *, deadline_s: float = 600) -> AsyncIterator[Job[R]]:
        """The job as it is, then at each change. Raises TaskFailed, WaitTimeout after `deadline_s`, BadKey."""
        return Watch(self._look, id_of(task), self._sender.options.polling, deadline_s)

    async def wait(self, task: Task | TaskId, *, deadline_s: float = 600) -> R:
        """The result. Raises as `watch`."""
        if isinstance(task, Task) and isinstance(task.done, Job):
            return cast("Job[R]", task.done).result  # pyright: ignore[reportReturnType] - a job that is done has one
        async for job in self.watch(task, deadline_s=deadline_s):
            if job.result is not None:
                return job.result
        raise Misunderstood("the job ended without a result", may_be_charged=False)  # pragma: no cover - never so read

    async def _look(self, task_id: TaskId, *, fresh: bool = False) -> Job[R]:
        request: Look[Job[R]] = self.look(task_id=task_id)
        return await self._sender.poller.look((self.look, task_id), lambda: self._sender.ask(request), fresh=fresh)


class LyricsJobs(Jobs[tuple[Lyrics, ...]]):
    """`client.lyrics`: words for a song, in several variants."""

    look = GetLyrics

    async def create(self, prompt: str) -> Task:
        """Costs credits; raises as `generations.create`."""
        return await self._sender.ask(WriteLyrics(prompt=prompt))

    async def timed(self, task_id: TaskId, clip_id: str) -> TimedLyrics:
        """When each word of a clip is sung. Costs credits; answers at once."""
        return await self._sender.ask(TimeLyrics(task_id=task_id, clip_id=clip_id))


class WavJobs(Jobs[Wav]):
    """`client.wav`: a clip as WAV."""

    look = GetWav

    async def create(self, task_id: TaskId, clip_id: str) -> Task:
        """Costs credits. Raises AlreadyMade the second time for a clip, else as `generations.create`."""
        return await self._sender.ask(MakeWav(task_id=task_id, clip_id=clip_id))


class VideoJobs(Jobs[Video]):
    """`client.videos`: a clip as MP4 with its cover moving."""

    look = GetVideo

    async def create(
        self, task_id: TaskId, clip_id: str, *, author: str | None = None, domain: str | None = None
    ) -> Task:
        """Costs credits; `author` and `domain` are shown. Raises as `generations.create`."""
        return await self._sender.ask(MakeVideo(task_id=task_id, clip_id=clip_id, author=author, domain=domain))


class StemJobs(Jobs[Stems]):
    """`client.stems`: a clip in its parts."""

    look = GetStems

    async def create(self, task_id: TaskId, clip_id: str, *, kind: StemKind = "separate_vocal") -> Task:
        """Voice and rest, or "split_stem" for every instrument, which costs five times as much."""
        return await self._sender.ask(SplitStems(task_id=task_id, clip_id=clip_id, kind=kind))


class MidiJobs(Jobs[Midi]):
    """`client.midi`: the notes of a clip whose stems were made."""

    look = GetMidi

    async def create(self, task_id: TaskId, clip_id: str | None = None) -> Task:
        """`task_id` is that of the separation, `clip_id` one of its stems; without it, of all."""
        return await self._sender.ask(MakeMidi(task_id=task_id, clip_id=clip_id))


class CoverImageJobs(Jobs[CoverImages]):
    """`client.cover_images`: other pictures for a song."""

    look = GetCoverImages

    async def create(self, task_id: TaskId) -> Task:
        """Raises AlreadyMade, with the earlier task's id, the second time for a task."""
        return await self._sender.ask(MakeCoverImages(task_id=task_id))
