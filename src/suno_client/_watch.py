"""Watching a task: one look after another, until it is complete, has failed, or patience ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import Generic, Protocol, Self, TypeVar, cast

import anyio

from ._polling import Polling
from .errors import Maintenance, Misunderstood, NotSent, SunoError, TooMany, Unanswered, WaitTimeout
from .models import Progress, TaskId

PASSING = (NotSent, Unanswered, Misunderstood, TooMany, Maintenance)  # trouble that a watcher outlives
LAST_LOOK_S = 10.0  # the look at the deadline itself may take this long


class Standing(Protocol):
    """How a task stood when it was looked at: a Progress or a Job."""

    @property
    def is_final(self) -> bool: ...

    def raise_if_failed(self) -> None: ...

    def after(self, earlier: Self, /) -> Self: ...

    def landmarks(self) -> frozenset[tuple[str, str]]: ...


S = TypeVar("S", bound=Standing)


class Watch(Generic[S]):
    """An iterator and no generator: left half-way, there is nothing to clean up, on trio neither."""

    def __init__(
        self, look: Callable[[TaskId], Awaitable[S]], task_id: TaskId, polling: Polling, deadline_s: float
    ) -> None:
        self._look = look
        self._task_id = task_id
        self._polling = polling
        self._deadline_s = deadline_s
        self._began: float | None = None
        self._last: S | None = None
        self._trouble: SunoError | None = None
        self._unchanged = 0  # looks in a row that showed nothing new
        self._rng = Random()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> S:
        if self._last is not None and self._last.is_final:
            raise StopAsyncIteration
        while True:
            await self._pause()
            standing = await self._look_once()
            if standing is None:
                self._unchanged += 1
                continue
            standing.raise_if_failed()
            seen, self._last = self._last, standing
            if seen is None or standing.landmarks() != seen.landmarks():
                self._unchanged = 0
                return standing
            self._unchanged += 1

    async def _pause(self) -> None:
        """Until the next look is due; the first is due at once."""
        now = anyio.current_time()
        if self._began is None:
            self._began = now
            return
        left_s = self._began + self._deadline_s - now
        if left_s <= 0:
            last = cast("Progress | None", self._last)  # or a Job
            raise WaitTimeout(self._task_id, self._deadline_s, last) from self._trouble
        asked_s = self._trouble.retry_after_s if isinstance(self._trouble, TooMany) else 0.0
        await anyio.sleep(max(self._polling.delay(self._unchanged, left_s, self._rng), min(asked_s, left_s)))

    async def _look_once(self) -> S | None:
        """The standing, never behind the one before; None where trouble that may pass was in the way."""
        left_s = (self._began or 0.0) + self._deadline_s - anyio.current_time()
        with anyio.move_on_after(max(left_s, LAST_LOOK_S)):
            try:
                standing = await self._look(self._task_id)
            except PASSING as error:
                self._trouble = error
                return None
            self._trouble = None
            return standing if self._last is None else standing.after(self._last)
        return None
