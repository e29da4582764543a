"""The songs: asked for, looked at, watched and waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Literal

from ._polling import Polling
from ._transport import Transport
from ._watch import Watch
from ._wire import Answer
from .dialects import sunoapi
from .errors import WaitTimeout
from .limits import SongRequest, check
from .models import Progress, Stage, Task, TaskId

NOTHING: Mapping[str, object] = MappingProxyType({})


class Generations:
    """`client.generations`. Stateless: a task may be watched from another process by its id alone."""

    def __init__(self, transport: Transport, callback_url: str, polling: Polling) -> None:
        self._transport = transport
        self._callback_url = callback_url
        self._polling = polling

    async def create(
        self,
        prompt: str = "",
        *,
        style: str | None = None,
        title: str | None = None,
        lyrics: str | None = None,
        instrumental: bool = False,
        model: str = "V5_5",
        negative_tags: str | None = None,
        vocal_gender: Literal["m", "f"] | None = None,
        style_weight: float | None = None,
        weirdness: float | None = None,
        audio_weight: float | None = None,
        persona_id: str | None = None,
        persona_model: Literal["style_persona", "voice_persona"] | None = None,
        duration_s: float | None = None,
        variety: int | None = None,
        extra: Mapping[str, object] = NOTHING,
    ) -> Task:
        """Ask for a song, which costs credits; sent once, whatever happens.

        A `prompt` alone describes it; or give `style` and `title`, and `lyrics` to be sung word for word unless
        `instrumental`. `extra` holds fields under the gateway's own names. Raises InvalidRequest before sending;
        NotSent, Refused: not charged; Unanswered, Misunderstood: perhaps charged, so ask a person before repeating.
        """
        request = SongRequest(
            prompt=prompt,
            style=style,
            title=title,
            lyrics=lyrics,
            instrumental=instrumental,
            model=model,
            negative_tags=negative_tags,
            vocal_gender=vocal_gender,
            style_weight=style_weight,
            weirdness=weirdness,
            audio_weight=audio_weight,
            persona_id=persona_id,
            persona_model=persona_model,
            duration_s=duration_s,
            variety=variety,
            extra=extra,
        )
        check(request)
        return await self._transport.ask(sunoapi.generate(request, self._callback_url), sunoapi.read_task)

    async def get(self, task_id: TaskId) -> Progress:
        """How the task stands now. A failed one is no error here: see `failed`, `raise_if_failed`."""

        def read(answer: Answer) -> Progress:
            return sunoapi.read_progress(answer, task_id)

        return await self._transport.ask(sunoapi.record(task_id), read)

    def watch(self, task: Task | TaskId, *, deadline_s: float = 600) -> AsyncIterator[Progress]:
        """The task's progress, first as it is, then at each step: a stage further, a clip or an address more.

        Ends once complete. Raises GenerationFailed, WaitTimeout after `deadline_s`, BadKey; a gateway that is away
        for a while is waited for.
        """
        return Watch(self.get, _id_of(task), self._polling, deadline_s)

    async def wait(
        self,
        task: Task | TaskId,
        *,
        until: Stage | Literal["playable", "queued", "text", "first", "complete"] = Stage.COMPLETE,
        deadline_s: float = 600,
    ) -> Progress:
        """The first progress that has reached `until`; "playable": something can be heard. Raises as `watch`."""
        last: Progress | None = None
        async for last in self.watch(task, deadline_s=deadline_s):
            if last.playable if until == "playable" else last.stage.rank >= Stage(until).rank:
                return last
        if last is None:  # unreachable: watching ends with a progress or an error
            raise WaitTimeout(_id_of(task), deadline_s, None)
        return last  # complete, though nothing can be heard: the gateway named no address


def _id_of(task: Task | TaskId) -> TaskId:
    return task.id if isinstance(task, Task) else task
