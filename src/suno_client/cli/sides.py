"""What is made beside songs and of them: lyrics, WAV, stems. Each is asked for, waited for, saved."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from suno_client import AlreadyMade
from suno_client._answers import words_of
from suno_client.jobs import Jobs
from suno_client.models import Task, TaskId
from suno_client.results import Lyrics, Stems, Wav

from .codes import Usage
from .course import Common
from .desk import Desk
from .files import check_free, check_new_folder, save, stem_name, write
from .shapes import Outcome, files_outcome, lyrics_outcome

R = TypeVar("R")


class Kind(StrEnum):
    """What a task makes."""

    SONG = "song"
    LYRICS = "lyrics"
    WAV = "wav"
    STEMS = "stems"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to come of a side job: its kind, and where it goes. Only lyrics can do without a place."""

    kind: Kind
    output: Path | None
    force: bool = False

    @property
    def place(self) -> Path:
        """Raises Usage."""
        if self.output is None:
            raise Usage("It is not said where to save it.", "Give -o.")
        return self.output

    def check(self) -> None:
        """Raises Usage."""
        if self.kind is Kind.STEMS:
            check_new_folder(self.place, force=self.force)
        elif self.kind is Kind.WAV or self.output is not None:
            check_free([self.place], force=self.force)

    def go_on(self, common: Common, task_id: TaskId) -> str:
        words = ["-o", str(self.output)] if self.output else []
        words += ["--force"] if self.force else []
        return common.command("wait", task_id, "--kind", self.kind, *words)


async def write_lyrics(desk: Desk, prompt: str, order: Order) -> Outcome:
    order.check()
    return await finish(desk, await _accepted(desk, desk.suno.lyrics.create(prompt), order), order)


async def make_wav(desk: Desk, task_id: TaskId, clip_id: str, order: Order) -> Outcome:
    order.check()
    return await finish(desk, await _accepted(desk, desk.suno.wav.create(task_id, clip_id), order), order)


async def split_stems(desk: Desk, task_id: TaskId, clip_id: str, order: Order, *, instruments: bool) -> Outcome:
    order.check()
    asking = desk.suno.stems.create(task_id, clip_id, kind="split_stem" if instruments else "separate_vocal")
    return await finish(desk, await _accepted(desk, asking, order), order)


async def wait_for(desk: Desk, task_id: TaskId, order: Order) -> Outcome:
    order.check()
    desk.course.begin(lambda task_id: order.go_on(desk.common, task_id))
    desk.course.accepted(task_id)
    return await finish(desk, Task(task_id), order)


async def _accepted(desk: Desk, asking: Awaitable[Task], order: Order) -> Task:
    """The task, also where it was made earlier and the gateway tells by which."""
    desk.course.begin(lambda task_id: order.go_on(desk.common, task_id))
    try:
        task = await asking
    except AlreadyMade as error:
        if error.task_id is None:
            raise
        task = Task(error.task_id)
    desk.course.accepted(task.id)
    desk.screen.note(f"Task {task.id}")
    return task


async def finish(desk: Desk, task: Task, order: Order) -> Outcome:
    suno = desk.suno
    match order.kind:
        case Kind.WAV:
            return await _keep_wav(desk, task, await _result(desk, suno.wav, task), order)
        case Kind.STEMS:
            return await _keep_stems(desk, task, await _result(desk, suno.stems, task), order)
        case _:
            return await _keep_lyrics(desk, task, await _result(desk, suno.lyrics, task), order)


async def _result(desk: Desk, jobs: Jobs[R], task: Task) -> R:
    with desk.screen.waiting("at work"):
        return await jobs.wait(task, deadline_s=desk.common.timeout_s)


async def _keep_lyrics(desk: Desk, task: Task, variants: tuple[Lyrics, ...], order: Order) -> Outcome:
    """A file holds the first variant, ready for `generate --lyrics @file`; another `wait` shows the others."""
    outcome = lyrics_outcome(task.id, variants)
    if order.output is None:
        return outcome
    first, *others = variants
    await write(desk, order.output, f"{first.text.strip()}\n", force=order.force)
    again = desk.common.command("wait", task.id, "--kind", Kind.LYRICS)
    more = (f"{len(others)} more: {again}",) if others else ()
    lines = (f"{order.output}: {words_of(first.title) or 'untitled'}", *more)
    return Outcome({**outcome.document, "files": [{"part": "lyrics", "path": str(order.output)}]}, lines)


async def _keep_wav(desk: Desk, task: Task, wav: Wav, order: Order) -> Outcome:
    return files_outcome(task.id, [await save(desk, "wav", wav.url, order.place, kind="wav", force=order.force)])


async def _keep_stems(desk: Desk, task: Task, stems: Stems, order: Order) -> Outcome:
    urls = stems.urls or {f"{number} {part.group}": part.url for number, part in enumerate(stems.parts, 1)}
    order.place.mkdir(exist_ok=True)
    files = [
        await save(desk, part, url, order.place / f"{stem_name(part)}.mp3", force=order.force)
        for part, url in urls.items()
    ]
    return files_outcome(task.id, files)
