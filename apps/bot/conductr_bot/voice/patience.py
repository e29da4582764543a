"""How often, and after how long, a lost voice connection is tried again. Pure."""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

WAITS_S: Final = (1.0, 2.0, 4.0, 8.0, 16.0)  # before each try; no more than these in a minute (reliability.md D10)
JITTER: Final = 0.2  # of a wait, either way: guilds that were lost together do not come back together
FORGOTTEN_AFTER_S: Final = 60.0
SLOW_S: Final = 300.0  # where that was too often: an outage, in which hurry is of no use
SLOW_TRIES: Final = 288  # a day: as long as a queue is kept for whoever comes back


@frozen
class Patience:
    """Success does not reset it, else a connection that breaks at once would be tried for ever. Time does.

    `tries` are the moments of those that count; `slow` is how many were made since they were too many.
    """

    tries: tuple[float, ...] = ()
    slow: int = 0

    def again(self, now_s: float) -> Patience | None:
        """With one more try counted. None where it is one too many, and there is no hope left."""
        recent = tuple(at for at in self.tries if now_s - at < FORGOTTEN_AFTER_S)
        if self.slow:
            return evolve(self, slow=self.slow + 1) if self.slow < SLOW_TRIES else None
        if len(recent) >= len(WAITS_S):
            return evolve(self, tries=recent, slow=1)
        return evolve(self, tries=(*recent, now_s))

    def wait_s(self, chance: float) -> float:
        """Before the try that was counted last. `chance`: any number from 0 to 1."""
        plain = SLOW_S if self.slow else WAITS_S[max(0, len(self.tries) - 1)]
        return plain * (1 - JITTER + 2 * JITTER * chance)

    def succeeded(self) -> Patience:
        """An outage is over; what was tried in the last minute still counts."""
        return evolve(self, slow=0)
