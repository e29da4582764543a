"""One look a second at all who are awake: a single timer, however many guilds there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import anyio
from attrs import define, field

from conductr_player.outputs.output import Start

AT_ONCE: Final = 25  # looks, some 0.1 ms of them; a thousand in one go would make the pacer late
Look = Callable[[], bool]
"""Looks, and says whether it wants to look again. It must not raise: that would be the end of all the others."""


@define(eq=False)
class Patrol:
    """Calls every look each `every_s`, spread over that time. There is a task only while somebody wants to look."""

    start: Start
    every_s: float
    _looks: dict[Look, None] = field(init=False, factory=dict[Look, None])
    _going: bool = field(init=False, default=False)

    def add(self, look: Look) -> None:
        """Adding twice is adding once."""
        self._looks[look] = None
        if not self._going:
            self._going = True
            self.start(self._walk)

    def remove(self, look: Look) -> None:
        self._looks.pop(look, None)

    async def _walk(self) -> None:
        try:
            while self._looks:
                looks = tuple(self._looks)
                starts = range(0, len(looks), AT_ONCE)
                for at in starts:
                    await anyio.sleep(self.every_s / len(starts))
                    for look in looks[at : at + AT_ONCE]:
                        if look in self._looks and not look():
                            self.remove(look)
        finally:
            self._going = False
