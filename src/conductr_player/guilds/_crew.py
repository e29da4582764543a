"""One guild's tasks within a task group that many guilds share: they are cancelled alone, and fail alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import anyio
from attrs import define, field

from conductr_player.errors import sole
from conductr_player.outputs.output import Start, Work


@define(eq=False)
class Crew:
    """Starts a guild's work. What it raises goes to `on_error` and hurts nobody else."""

    host: Start
    on_error: Callable[[Exception], None]
    _scopes: list[anyio.CancelScope] = field(init=False, factory=list[anyio.CancelScope])
    _gone: anyio.Event | None = field(init=False, default=None)
    _dismissed: bool = field(init=False, default=False)

    def start(self, work: Work) -> None:
        """Nothing is done once the crew is dismissed."""
        self.host(partial(self._run, work))

    async def dismiss(self) -> None:
        """Cancel what is at work, and wait until it is gone. Not from work of this crew."""
        self._dismissed = True
        for scope in self._scopes:
            scope.cancel()
        if self._scopes:
            self._gone = anyio.Event()
            await self._gone.wait()

    async def _run(self, work: Work) -> None:
        if self._dismissed:  # perhaps between the start and now
            return
        with anyio.CancelScope() as scope:
            self._scopes.append(scope)
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - the fire wall: whatever it is, the neighbours play on
                self.on_error(sole(error))
            finally:
                self._scopes.remove(scope)
                if self._gone is not None and not self._scopes:
                    self._gone.set()
