"""Watching a task: one look after another, until it is complete, has failed, or patience ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

import anyio

from ._polling import Polling
from .errors import Maintenance, Misunderstood, NotSent, SunoError, TooMany, Unanswered, WaitTimeout
from .models import Progress, TaskId

PASSING = (NotSent, Unanswered, Misunderstood, TooMany, Maintenance)  # trouble that a watcher outlives
LAST_LOOK_S = 10.0  # the look at the deadline itself may take this long


class Watch:
    """An iterator and no generator: left half-way, there is nothing to clean up, on trio neither."""

    def __init__(
        self, look: Callable[[TaskId], Awaitable[Progress]], task_id: TaskId, polling: Polling, deadline_s: float
    ) -> None:
        self._look = look
        self._task_id = task_id
        self._polling = polling
        self._deadline_s = deadline_s
        self._began: float | None = None
        self._last: Progress | None = None
        self._trouble: SunoError | None = None
        self._unchanged = 0  # looks in a row that showed nothing new
        self._rng = Random()

    def __aiter__(self) -> Watch:
        return self

    async def __anext__(self) -> Progress:
        if self._last is not None and self._last.is_final:
            raise StopAsyncIteration
        while True:
            await self._pause()
            progress = await self._look_once()
            if progress is None:
                self._unchanged += 1
                continue
            progress.raise_if_failed()
            seen, self._last = self._last, progress
            if seen is None or progress.landmarks() != seen.landmarks():
                self._unchanged = 0
                return progress
            self._unchanged += 1

    async def _pause(self) -> None:
        """Until the next look is due; the first is due at once."""
        now = anyio.current_time()
        if self._began is None:
            self._began = now
            return
        left_s = self._began + self._deadline_s - now
        if left_s <= 0:
            raise WaitTimeout(self._task_id, self._deadline_s, self._last) from self._trouble
        asked_s = self._trouble.retry_after_s if isinstance(self._trouble, TooMany) else 0.0
        await anyio.sleep(max(self._polling.delay(self._unchanged, left_s, self._rng), min(asked_s, left_s)))

    async def _look_once(self) -> Progress | None:
        """The progress, never behind the one before; None where trouble that may pass was in the way."""
        left_s = (self._began or 0.0) + self._deadline_s - anyio.current_time()
        with anyio.move_on_after(max(left_s, LAST_LOOK_S)):
            try:
                progress = await self._look(self._task_id)
            except PASSING as error:
                self._trouble = error
                return None
            self._trouble = None
            return progress if self._last is None else progress.after(self._last)
        return None
