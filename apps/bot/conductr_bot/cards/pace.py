"""How often one message is edited: at once where it may be, never more than Discord bears. Pure."""

from __future__ import annotations

from collections import deque

from attrs import define, field

EDITS, WITHIN_S = 6, 60.0  # of one message: in any minute at most so many
APART_S = (0.0, 2.0, 2.0, 10.0, 15.0, 20.0)  # by how many there were in the last minute, so that none waits for long


@define
class Pace:
    """Times in seconds of one clock, which never goes back."""

    _edited_at: deque[float] = field(factory=lambda: deque[float](maxlen=EDITS))

    def wait_s(self, now: float) -> float:
        """How long the next edit has to wait."""
        lately = [at for at in self._edited_at if now - at < WITHIN_S]
        if not lately:
            return 0.0
        if len(lately) == EDITS:
            return lately[0] + WITHIN_S - now
        return max(0.0, lately[-1] + APART_S[len(lately)] - now)

    def edited(self, now: float) -> None:
        self._edited_at.append(now)
