"""Looks at tasks, shared by all who wait: one at a time a task, some at a time a client, in the order of asking."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar, cast

import anyio

from .errors import SunoError

REMEMBERED = 4_096  # tasks whose last look is kept in mind


class Standing(Protocol):
    """How something stood when it was looked at."""

    @property
    def is_final(self) -> bool: ...


S = TypeVar("S", bound=Standing)


@dataclass(eq=False, slots=True)
class _Look:
    """The look that is under way at a task, or was the last."""

    done: anyio.Event
    began: float = float("-inf")
    ended: float | None = None
    seen: Standing | None = None
    error: SunoError | None = None


class Poller:
    """Owned by a client and shared by its copies; it has no task of its own: who comes first looks for all."""

    def __init__(self, lanes: int, floor_s: float, keep_s: float) -> None:
        self._floor_s = floor_s
        self._keep_s = keep_s
        self._lanes = anyio.Semaphore(lanes)  # first come, first served
        self._looks = OrderedDict[Hashable, _Look]()

    async def look(self, key: Hashable, ask: Callable[[], Awaitable[S]], *, fresh: bool = False) -> S:
        """What `ask` gives, asked by us or by whoever was about to. `fresh`: not an end that was seen before."""
        while True:
            look = self._looks.get(key)
            if look is not None and look.ended is None:
                await look.done.wait()
                if look.ended is None:
                    continue  # who looked was cancelled: it is our turn
                if look.error is not None:
                    raise look.error.with_traceback(None)  # each who waited adds frames of its own
                return cast("S", look.seen)
            if look is not None and not fresh and self._still_known(look):
                return cast("S", look.seen)
            return await self._look(key, ask, look)

    def _still_known(self, look: _Look) -> bool:
        seen, ended = look.seen, look.ended or 0.0
        return seen is not None and seen.is_final and anyio.current_time() - ended < self._keep_s

    async def _look(self, key: Hashable, ask: Callable[[], Awaitable[S]], last: _Look | None) -> S:
        look = self._looks[key] = _Look(anyio.Event())
        self._looks.move_to_end(key)
        try:
            if last is not None:
                await anyio.sleep(max(0.0, last.began + self._floor_s - anyio.current_time()))
            async with self._lanes:
                look.began = anyio.current_time()
                seen = await ask()
            look.seen, look.ended = seen, anyio.current_time()
            return seen
        except SunoError as error:
            look.error, look.ended = error, anyio.current_time()
            raise
        finally:
            if look.ended is None:  # cancelled: as if nobody had begun
                self._restore(key, look, last)
            look.done.set()
            self._forget()

    def _restore(self, key: Hashable, look: _Look, last: _Look | None) -> None:
        del self._looks[key]
        if last is not None:
            last.began = max(last.began, look.began)
            self._looks[key] = last

    def _forget(self) -> None:
        """The oldest, but never one that is under way."""
        if (surplus := len(self._looks) - REMEMBERED) > 0:
            for key in list(islice(self._looks, surplus)):
                if self._looks[key].ended is not None:
                    del self._looks[key]
