"""Who works next where only so many may: the one whose listeners would run dry first."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from heapq import heapify, heappop, heappush
from itertools import count

import anyio
from attrs import define, field


@define(eq=False)
class Turns:
    """Lets `at_once` work at a time. Of those who wait the earliest deadline goes first, then who came first."""

    at_once: int
    _working: int = field(init=False, default=0)
    _waiting: list[tuple[float, int, anyio.Event]] = field(init=False, factory=list["tuple[float, int, anyio.Event]"])
    _numbers: count[int] = field(init=False, factory=count)

    @asynccontextmanager
    async def turn(self, deadline: float) -> AsyncGenerator[None]:
        """`deadline` is any number that grows with time."""
        await self._come(deadline)
        try:
            yield
        finally:
            self._go()

    async def _come(self, deadline: float) -> None:
        if self._working < self.at_once:
            self._working += 1
            return
        called = anyio.Event()
        mine = (deadline, next(self._numbers), called)
        heappush(self._waiting, mine)
        try:
            await called.wait()
        except BaseException:
            if called.is_set():
                self._go()  # called and cancelled at once: the turn goes on to the next
            else:
                self._waiting.remove(mine)
                heapify(self._waiting)
            raise

    def _go(self) -> None:
        """The place goes to the first who waits, else it is free."""
        if self._waiting:
            heappop(self._waiting)[2].set()
        else:
            self._working -= 1
