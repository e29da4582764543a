"""Wake: a bell for one sleeper, who looks by himself now and then too."""

from __future__ import annotations

import anyio
from attrs import define, field


@define(eq=False)
class Wake:
    _rung: anyio.Event = field(factory=anyio.Event)

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, at_most_s: float) -> None:
        """Until the bell is rung, or `at_most_s` seconds. A ring before the wait counts."""
        with anyio.move_on_after(at_most_s):
            await self._rung.wait()
        self._rung = anyio.Event()
