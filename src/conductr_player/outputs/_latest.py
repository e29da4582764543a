"""Work on one wish at a time, always the newest."""

from __future__ import annotations

import anyio
from attrs import define

from .output import Start, Work


@define(eq=False)
class Latest:
    """A newer wish replaces what waits and cancels what is in work; None only does that.

    There is a task only while there is a wish.
    """

    start: Start
    _wish: Work | None = None
    _work: anyio.CancelScope | None = None
    _busy: bool = False

    def put(self, wish: Work | None) -> None:
        self._wish = wish
        if self._work is not None:
            self._work.cancel()
        if wish is not None and not self._busy:
            self._busy = True
            self.start(self._serve)

    async def _serve(self) -> None:
        try:
            while (wish := self._wish) is not None:
                self._wish = None
                with anyio.CancelScope() as self._work:
                    await wish()
                self._work = None
        finally:
            self._work, self._busy = None, False
