"""Work on one wish at a time, always the newest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from attrs import define, field

Wish = Callable[[], Awaitable[None]]


@define(eq=False)
class Latest:
    """A newer wish replaces what waits and cancels what is in work; None only does that."""

    _wish: Wish | None = None
    _came: anyio.Event = field(factory=anyio.Event)
    _work: anyio.CancelScope | None = None

    def put(self, wish: Wish | None) -> None:
        self._wish = wish
        if self._work is not None:
            self._work.cancel()
        self._came.set()

    async def serve(self) -> None:
        """Work until cancelled."""
        while True:
            await self._came.wait()
            self._came = anyio.Event()
            wish, self._wish = self._wish, None
            if wish is not None:
                with anyio.CancelScope() as self._work:
                    await wish()
                self._work = None
