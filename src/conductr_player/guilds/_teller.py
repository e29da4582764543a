"""Tells a player's host what changed: one call at a time, always the newest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from attrs import define, field

from conductr_player.core.inputs import Notice
from conductr_player.core.state import Session
from conductr_player.outputs.output import Start

NOTICES_LIMIT: Final = 16  # that wait for `on_notice`; older ones are dropped

OnChange = Callable[[Session, float], Awaitable[None]]
OnNotice = Callable[[Notice], Awaitable[None]]


async def tell_nobody(notice: Notice) -> None: ...


@define(eq=False)
class Teller:
    """What changes while a call is at work is told once, afterwards. Notices are told each."""

    on_change: OnChange
    on_notice: OnNotice
    newest: Callable[[], tuple[Session, float]]
    changed: bool = field(init=False, default=False)
    _notices: tuple[Notice, ...] = field(init=False, default=())
    _telling: bool = field(init=False, default=False)

    def note(self, notice: Notice) -> None:
        self._notices = (*self._notices, notice)[-NOTICES_LIMIT:]

    def tell(self, start: Start) -> None:
        if (self.changed or self._notices) and not self._telling:
            self._telling = True
            start(self._tell)

    async def _tell(self) -> None:
        try:
            while self.changed or self._notices:
                if self._notices:
                    first, *rest = self._notices
                    self._notices = tuple(rest)
                    await self.on_notice(first)
                else:
                    self.changed = False
                    await self.on_change(*self.newest())
        finally:
            self._telling = False
