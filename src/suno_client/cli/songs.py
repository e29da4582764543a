"""Songs: asked for, waited for, saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from suno_client import BadMedia, Progress, Stage, TaskId
from suno_client.requests import VocalGender

from .codes import Usage
from .course import Common
from .desk import Desk
from .files import check_free, save, second, words_from
from .screen import STAGES, Reach
from .shapes import Outcome, Saved, song_outcome


class Take(StrEnum):
    FIRST = "1"
    SECOND = "2"
    BOTH = "both"


class Gender(StrEnum):
    MALE = "m"
    FEMALE = "f"


class Until(StrEnum):
    PLAYABLE = "playable"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of `suno generate` that say what the song shall be."""

    prompt: str
    style: str | None
    title: str | None
    lyrics: str | None
    instrumental: bool
    duration_s: float | None
    model: str
    negative_tags: str | None
    vocal_gender: VocalGender | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where the song goes. Without `output` nothing is saved but the cover."""

    output: Path | None = None
    take: Take = Take.FIRST
    cover: Path | None = None
    force: bool = False

    @property
    def takes(self) -> Mapping[int, Path]:
        """The file of each take that is kept, by its place in the task."""
        if self.output is None:
            return {}
        both = {0: self.output, 1: second(self.output)}
        return {Take.FIRST: {0: self.output}, Take.SECOND: {1: self.output}, Take.BOTH: both}[self.take]

    def check(self) -> None:
        """Raises Usage."""
        covers = () if self.cover is None else (self.cover,)
        check_free([*self.takes.values(), *covers], force=self.force)

    def enough(self, progress: Progress) -> bool:
        """Whether all that is kept is there, so that nobody waits for a take that they do not want."""
        clips = progress.clips
        there = all(place < len(clips) and clips[place].audio_urls() for place in self.takes)
        return bool(self.takes) and there and (self.cover is None or bool(clips[0].image_url))

    def go_on(self, common: Common, task_id: TaskId) -> str:
        words = ["-o", str(self.output)] if self.output else []
        words += ["--take", self.take] if self.output and self.take is not Take.FIRST else []
        words += ["--cover", str(self.cover)] if self.cover else []
        words += ["--force"] if self.force else []
        return common.command("wait", task_id, *words)


async def generate(desk: Desk, wish: Wish, keeping: Keeping, *, wait: bool, play_url: bool) -> Outcome:
    """Everything that can be wrong on this side is looked at before the one call that costs."""
    keeping.check()
    lyrics = words_from(wish.lyrics)
    with desk.screen.waiting("asking") as reach:
        desk.course.begin(lambda task_id: keeping.go_on(desk.common, task_id))
        task = await desk.suno.generations.create(
            wish.prompt,
            style=wish.style,
            title=wish.title,
            lyrics=lyrics,
            instrumental=wish.instrumental,
            duration_s=wish.duration_s,
            model=wish.model,
            negative_tags=wish.negative_tags,
            vocal_gender=wish.vocal_gender,
        )
        desk.course.accepted(task.id)
        desk.screen.note(f"Task {task.id}")
        if not wait:
            told = {"task_id": task.id, "go_on": desk.course.go_on}
            return Outcome(told, (f"task {task.id}", desk.course.go_on))
        progress = await _follow(desk, task.id, keeping, reach, play_url=play_url)
    return await _keep(desk, progress, keeping)


async def wait_for(desk: Desk, task_id: TaskId, keeping: Keeping, until: Until) -> Outcome:
    """The rest of `generate`, for a task of an earlier day or another machine."""
    if until is Until.PLAYABLE and (keeping.output or keeping.cover):
        raise Usage("A song that is only playable is no file yet.", "Leave out -o and --cover, or --until playable.")
    keeping.check()
    desk.course.begin(lambda task_id: keeping.go_on(desk.common, task_id))
    desk.course.accepted(task_id)
    with desk.screen.waiting("looking") as reach:
        progress = await _follow(desk, task_id, keeping, reach, until=until)
    return await _keep(desk, progress, keeping)


async def _follow(
    desk: Desk,
    task_id: TaskId,
    keeping: Keeping,
    reach: Reach,
    *,
    play_url: bool = False,
    until: Until = Until.COMPLETE,
) -> Progress:
    """The first progress with all that is wanted. Raises as `watch`."""
    watch = desk.suno.generations.watch(task_id, deadline_s=desk.common.timeout_s)
    told = ""
    while True:
        progress = await anext(watch)
        if (words := STAGES[progress.stage]) != told:
            reach(words, progress.stage.rank / Stage.COMPLETE.rank)
            told = words
        if play_url and progress.playable:
            clip = next(clip for clip in progress.clips if clip.playable)
            desk.screen.note(f"Listen: {clip.stream_url or clip.audio_urls()[0]}")
            play_url = False
        heard = until is Until.PLAYABLE and progress.playable
        if heard or progress.is_final or keeping.enough(progress):
            return progress


async def _keep(desk: Desk, progress: Progress, keeping: Keeping) -> Outcome:
    files: list[Saved] = []
    for place, path in keeping.takes.items():
        if place >= len(progress.clips):
            raise BadMedia("", f"the task has no take {place + 1}")
        files.append(await save(desk, f"take {place + 1}", progress.clips[place], path, force=keeping.force))
    if keeping.cover is not None:
        url = next((clip.image_url for clip in progress.clips if clip.image_url), None)
        if url is None:
            raise BadMedia("", "the gateway named no cover")
        files.append(await save(desk, "cover", url, keeping.cover, kind="image", force=keeping.force))
    return song_outcome(progress, files)
