"""The songs: asked for, made over, looked at, watched and waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, Unpack

from ._pages import Pages
from ._sending import Sender
from ._watch import Watch
from .errors import InvalidRequest, WaitTimeout
from .models import Clip, Progress, Stage, Task, TaskId, id_of
from .remaking import Remaking
from .requests import Generate, GetProgress, ListClips
from .tuning import Tuning


class Generations(Remaking):
    """`client.generations`. Stateless: a task may be watched from another process by its id alone."""

    def __init__(self, sender: Sender) -> None:
        super().__init__(sender)
        self._sender = sender

    async def create(
        self,
        prompt: str = "",
        *,
        style: str | None = None,
        title: str | None = None,
        lyrics: str | None = None,
        instrumental: bool = False,
        duration_s: float | None = None,
        variety: int | None = None,
        image_urls: tuple[str, ...] = (),
        video_urls: tuple[str, ...] = (),
        audio_urls: tuple[str, ...] = (),
        **tuning: Unpack[Tuning],
    ) -> Task:
        """Ask for a song, which costs credits; it is taken at most once, whatever happens.

        A `prompt` alone describes it; or give `style` and `title`, and `lyrics` to be sung word for word unless
        `instrumental`. `extra` holds fields under the gateway's own names. Raises InvalidRequest before sending;
        NotSent, Refused: not charged; Unanswered, Misunderstood: perhaps charged, so ask a person before repeating.
        """
        return await self._sender.ask(
            Generate(
                prompt=prompt,
                style=style,
                title=title,
                lyrics=lyrics,
                instrumental=instrumental,
                duration_s=duration_s,
                variety=variety,
                image_urls=tuple(image_urls),
                video_urls=tuple(video_urls),
                audio_urls=tuple(audio_urls),
                **tuning,
            )
        )

    async def get(self, task_id: TaskId) -> Progress:
        """How the task stands now. A failed one is no error here: see `failed`, `raise_if_failed`."""
        return await self._look(task_id, fresh=True)

    def watch(self, task: Task | TaskId, *, deadline_s: float = 600) -> AsyncIterator[Progress]:
        """The task's progress, first as it is, then at each step: a stage further, a clip or an address more.

        Ends once complete. Raises GenerationFailed, WaitTimeout after `deadline_s`, BadKey; a gateway that is away
        for a while is waited for.
        """
        return Watch(self._look, id_of(task), self._sender.options.polling, deadline_s)

    async def wait(
        self,
        task: Task | TaskId,
        *,
        until: Stage | Literal["playable", "queued", "text", "first", "complete"] = Stage.COMPLETE,
        deadline_s: float = 600,
    ) -> Progress:
        """The first progress that has reached `until`; "playable": something can be heard. Raises as `watch`."""
        if until != "playable" and until not in set(Stage):
            raise InvalidRequest("until", f"is playable, or one of {', '.join(Stage)}")
        last: Progress | None = None
        async for last in self.watch(task, deadline_s=deadline_s):
            if last.playable if until == "playable" else last.stage.rank >= Stage(until).rank:
                return last
        if last is None:  # pragma: no cover - watching ends with a progress or an error
            raise WaitTimeout(id_of(task), deadline_s, None)
        return last  # complete, though nothing can be heard: the gateway named no address

    def list(self, *, max_pages: int | None = None) -> AsyncIterator[Clip]:
        """The account's songs, newest first, a page at a time as they are asked for. Raises Unsupported."""
        return Pages(self._page, max_pages)

    async def _page(self, page: int) -> tuple[Clip, ...]:
        return await self._sender.ask(ListClips(page=page))

    async def _look(self, task_id: TaskId, *, fresh: bool = False) -> Progress:
        request = GetProgress(task_id=task_id)
        return await self._sender.poller.look((GetProgress, task_id), lambda: self._sender.ask(request), fresh=fresh)
