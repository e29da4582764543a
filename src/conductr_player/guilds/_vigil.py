"""What a player looks after once a second: that music which should be heard is heard, and how long it is silent."""

from __future__ import annotations

import logging
from collections.abc import Callable

from attrs import define, field

from conductr_player.core.inputs import Ended
from conductr_player.core.queue import EndReason
from conductr_player.core.state import Session
from conductr_player.core.watchdog import AskReconnect, Overtake, Reopen, Watch, look, on_duty
from conductr_player.outputs.output import Output, Start, Work

_log = logging.getLogger(__name__)


async def nothing() -> None: ...


async def fail(error: Exception) -> None:
    raise error


@define(eq=False)
class Vigil:
    """Carries out what the watchdog says. `cut_off`: the output said so, and the host nothing since."""

    on_silent: Work
    on_reconnect: Work
    report: Callable[[Ended], None]
    watch: Watch = field(init=False, factory=Watch)
    cut_off: bool = field(init=False, default=False)
    _silence_told: float | None = field(init=False, default=None)  # the `leave_at` that was told
    _reconnecting: bool = field(init=False, default=False)

    def wanted(self, session: Session) -> bool:
        return self._silence_lasts(session) or on_duty(session, cut_off=self.cut_off)

    def look(self, session: Session, output: Output, now: float, start: Start) -> None:
        if self._silence_lasts(session) and now >= (session.leave_at or 0.0):
            self._silence_told = session.leave_at
            start(self.on_silent)
        self.watch, remedy = look(
            self.watch,
            session,
            output.packets_sent,
            now,
            waiting=output.waiting,
            deserted=output.deserted,
            cut_off=self.cut_off,
            refused=output.refused,
        )
        match remedy:
            case Reopen():
                _log.warning("nothing leaves of play %d; its track is opened again", session.play_id)
                self.report(Ended(session.play_id, EndReason.STALLED, output.position_s))
            case Overtake():
                self.report(Ended(session.play_id, EndReason.DRY, output.position_s))
            case AskReconnect():
                _log.warning("nothing leaves since try %d; a new connection is asked for", self.watch.tries - 1)
                if not self._reconnecting:
                    self._reconnecting = True
                    start(self._reconnect)
            case None:
                pass

    def _silence_lasts(self, session: Session) -> bool:
        return session.leave_at is not None and session.leave_at != self._silence_told

    async def _reconnect(self) -> None:
        try:
            await self.on_reconnect()
        finally:
            self._reconnecting = False
