"""Skips: two people who skip at the same moment mean the same song."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field, frozen

from conductr_player import Session

from .access import Caller
from .bus import Now

SAME_MOMENT_S = 1.0


@frozen
class _Last:
    user_id: int
    play_id: int  # that began by the skip
    at_s: float


@define(eq=False)
class Skips:
    seconds: Callable[[], float] = time.monotonic
    _last: dict[int, _Last] = field(factory=dict)  # by guild

    def meant(self, now: Now | None) -> str | None:
        """The entry that somebody means who asks at this moment: the one that they hear."""
        current = None if now is None else now.session.queue.current
        return None if current is None else current.id

    def over(self, session: Session, meant: str | None) -> bool:
        """Whether that entry is not the current one any more: somebody before them was quicker."""
        current = session.queue.current
        return meant is not None and (current is None or current.id != meant)

    def just_begun(self, caller: Caller, session: Session) -> bool:
        """Whether the play began within this moment because somebody else has skipped."""
        last = self._last.get(caller.guild_id)
        return (
            last is not None
            and last.user_id != caller.user_id
            and last.play_id == session.play_id
            and self.seconds() - last.at_s < SAME_MOMENT_S
        )

    def note(self, caller: Caller, session: Session | None) -> None:
        if session is not None:
            self._last[caller.guild_id] = _Last(caller.user_id, session.play_id, self.seconds())
