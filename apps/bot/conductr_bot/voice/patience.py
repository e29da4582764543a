"""How often, and after how long, a lost voice connection is tried again. Pure."""

from __future__ import annotations

from attrs import define, field

WAITS_S = (0.0, 1.0, 3.0, 8.0, 20.0)  # before each try; five in a minute at most (reliability.md D10)
FORGOTTEN_AFTER_S = 60.0


@define
class Patience:
    """Success does not reset it, else a connection that breaks at once would be tried for ever. Time does."""

    _tries: list[float] = field(factory=list[float])

    def again(self, now: float) -> bool:
        """Count a try. False where it is one too many."""
        self._tries = [at for at in self._tries if now - at < FORGOTTEN_AFTER_S]
        if len(self._tries) >= len(WAITS_S):
            return False
        self._tries.append(now)
        return True

    @property
    def wait_s(self) -> float:
        """Before the try that was counted last."""
        return WAITS_S[max(0, len(self._tries) - 1)]
