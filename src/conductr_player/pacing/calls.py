"""One round of calls to guilds, whose place in it another thread may see, and end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from operator import length_hint

from attrs import define, field

from .beat import Tick


@define(eq=False)
class Calls:
    """Ticks that are called one after the other.

    How far it has come is read off its iterator, so that it costs the calls nothing.
    """

    ticks: tuple[Tick, ...]
    _going: Iterator[Tick] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._going = iter(self.ticks)

    def call(self, on_error: Callable[[Exception], None]) -> None:
        """Call all that are left; what one raises goes to `on_error` and stops no other."""
        going = self._going
        while True:
            try:
                for tick in going:
                    tick()
            except Exception as error:  # noqa: BLE001 - one guild's fault must not end the others' music
                on_error(error)
            else:
                return

    @property
    def place(self) -> int:
        """How many calls were begun."""
        return len(self.ticks) - length_hint(self._going)

    @property
    def running(self) -> Tick | None:
        """The tick whose call was begun last."""
        return self.ticks[place - 1] if (place := self.place) else None

    def may_call(self, tick: Tick) -> bool:
        """It is being called, or still to be."""
        return tick in self.ticks[max(0, self.place - 1) :]

    def end(self) -> None:
        """Let `call` return after the call that it is in."""
        deque(self._going, maxlen=0)
