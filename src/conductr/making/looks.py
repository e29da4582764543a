"""Looks: a task's progress as it is watched, and at once where a callback says that there is something to see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Self

import anyio
from attrs import define, field

from suno_client import Progress, SunoClient, TaskId


@define(eq=False)
class Bells:
    """By generation: who looks at its task here, and can be told to look now."""

    _looking: dict[str, Callable[[], None]] = field(factory=dict)

    def ring(self, generation_id: str) -> bool:
        """False where nobody of this process looks at it."""
        look = self._looking.get(generation_id)
        if look is not None:
            look()
        return look is not None

    def hang(self, generation_id: str, ring: Callable[[], None]) -> None:
        self._looking[generation_id] = ring

    def take_down(self, generation_id: str) -> None:
        self._looking.pop(generation_id, None)


class Looks:
    """An iterator as `generations.watch` gives; `ring` makes the next look due at once.

    Polling and callbacks thus go the same way: what is believed is the record, read with our own key.
    """

    def __init__(self, suno: SunoClient, task_id: TaskId, deadline_s: float) -> None:
        self._suno = suno
        self._task_id = task_id
        self._deadline_s = deadline_s
        self._until: float | None = None
        self._rung = False
        self._fresh = True  # a new watch looks at once: what comes meanwhile waits for that look
        self._pause: anyio.CancelScope | None = None
        self._watch = self._anew()

    def ring(self) -> None:
        self._rung = True
        if self._pause is not None and not self._fresh:
            self._pause.cancel()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Progress:
        """Raises as `generations.watch`."""
        if self._until is None:
            self._until = anyio.current_time() + self._deadline_s
        while True:
            if self._rung:
                self._rung, self._fresh = False, True
                self._watch = self._anew(self._until - anyio.current_time())
            pause = self._pause = anyio.CancelScope()
            with pause:
                try:
                    progress = await anext(self._watch)
                finally:
                    self._pause = None
                self._fresh = False
                return progress

    def _anew(self, left_s: float | None = None) -> AsyncIterator[Progress]:
        deadline_s = self._deadline_s if left_s is None else max(1.0, left_s)
        return self._suno.generations.watch(self._task_id, deadline_s=deadline_s)
