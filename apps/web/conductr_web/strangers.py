"""How often somebody may guess at an address that only Suno knows. Counts wrong guesses alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from attrs import define, field

WINDOW_S: Final = 60.0
MISSES: Final = 20  # of one address in a window; Suno itself does not miss
MISSES_OF_ALL: Final = 1_000  # in a window, whoever they are: behind a proxy all have one address, in a flood many


@define(eq=False)
class Strangers:
    now: Callable[[], float] = time.monotonic
    _misses: Counter[str] = field(factory=Counter)
    _until: float = 0.0

    def turned_away(self, address: str) -> bool:
        """Whether it has guessed too often in this window."""
        self._turn_page()
        return self._misses[address] >= MISSES or self._misses.total() >= MISSES_OF_ALL

    def missed(self, address: str) -> None:
        self._turn_page()
        self._misses[address] += 1

    def _turn_page(self) -> None:
        now = self.now()
        if now >= self._until:
            self._misses.clear()
            self._until = now + WINDOW_S
