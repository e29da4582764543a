"""Whether the music has stopped by itself, and what may help. Pure: no clock, no task, no I/O.

Once a second the shell shows it how many packets have left. Where the session says that
something plays and nothing leaves, the track is opened anew; where that does not help, the host
is asked to connect anew, at longer and longer intervals until a packet leaves again. Packets that
are refused say that it is the connection, so the track is left as it is. A pause, a lost link
that the host knows of, and a stream without listeners are not its business.

A song that is slow is waited for until its file must have come. When it has waited for half a
minute and another can be heard, it is overtaken: it is next after that, and goes on where it was.
"""

from __future__ import annotations

from math import inf
from typing import Final

from attrs import evolve, frozen

from .rules import PauseCause
from .state import SOUNDING, Session
from .tracks import FILE_WITHIN_S

LOOK_EVERY_S: Final = 1.0
STILL_AT_MOST_S: Final = 3.0  # without a packet, although there is something to send
OVERTAKEN_AFTER_S: Final = 30.0  # of waiting for a track that is slow, where another can be heard
BACK_OFF_S: Final = (10.0, 300.0)  # between two calls for a new connection: the first, and the longest
LOOKED_AWAY_S: Final = 5.0  # since the last look: it was we who stood still (SIGSTOP, a busy event loop)


@frozen
class Reopen:
    """Open the track again, where it stands."""


@frozen
class AskReconnect:
    """Ask the host for a new connection."""


@frozen
class Overtake:
    """Go on with what can be heard, and with this track afterwards."""


Remedy = Reopen | AskReconnect | Overtake


@frozen
class Watch:
    """What was seen so far. `reopened` and `reconnects_asked` count for as long as the player lives."""

    reopened: int = 0
    reconnects_asked: int = 0
    packets_sent: int = 0
    looked_at: float = -inf
    still_for_s: float = 0.0
    waited_for_s: float = 0.0
    tries: int = 0  # since a packet last left

    @property
    def patience_s(self) -> float:
        """How long nothing may leave before the next try."""
        if self.tries < 2:
            return STILL_AT_MOST_S
        first, longest = BACK_OFF_S
        return min(longest, first * 2.0 ** min(self.tries - 2, 30))


def on_duty(session: Session, *, cut_off: bool) -> bool:
    """Something ought to be heard. `cut_off`: the output lost its link, and the host does not know yet."""
    if cut_off:
        ready = session.queue.current is not None or (session.queue.ready is not None and not session.at_rest)
        return ready and session.paused_by == frozenset({PauseCause.OUTAGE})
    return session.state in SOUNDING


def look(
    watch: Watch,
    session: Session,
    packets_sent: int,
    now: float,
    *,
    waiting: bool = False,
    deserted: bool = False,
    cut_off: bool = False,
    refused: bool = False,
) -> tuple[Watch, Remedy | None]:
    """What is known after this look, and what is to be done now. The flags are the output's (see `Output`)."""
    if packets_sent != watch.packets_sent:  # nearly every look, so not by `evolve`, which is slow
        return Watch(watch.reopened, watch.reconnects_asked, packets_sent, now), None
    since_s = now - watch.looked_at
    seen = evolve(watch, looked_at=now)
    if not on_duty(session, cut_off=cut_off) or deserted or since_s > LOOKED_AWAY_S:
        return evolve(seen, still_for_s=0.0, waited_for_s=0.0), None
    if cut_off:
        return _judge_cut(evolve(seen, still_for_s=seen.still_for_s + since_s))
    if waiting:
        overtaken = session.queue.meanwhile is not None
        return _judge_wait(evolve(seen, waited_for_s=seen.waited_for_s + since_s), overtaken=overtaken)
    return _judge_silence(evolve(seen, still_for_s=seen.still_for_s + since_s), refused=refused)


def _judge_wait(seen: Watch, *, overtaken: bool) -> tuple[Watch, Remedy | None]:
    """A new connection would not make the song come faster."""
    if overtaken and seen.waited_for_s > OVERTAKEN_AFTER_S:
        return evolve(seen, waited_for_s=0.0), Overtake()
    if seen.waited_for_s <= FILE_WITHIN_S:
        return seen, None
    return _reopening(seen)


def _judge_silence(seen: Watch, *, refused: bool = False) -> tuple[Watch, Remedy | None]:
    if seen.still_for_s < seen.patience_s:
        return seen, None
    if seen.tries or refused:
        return _asking(seen, max(2, seen.tries + 1))
    return _reopening(evolve(seen, tries=1))


def _judge_cut(seen: Watch) -> tuple[Watch, Remedy | None]:
    """Opening anew cannot help, so the host is asked at once, and again after the first interval."""
    if seen.tries < 2:
        return _asking(seen, 2)
    return _judge_silence(seen)


def _reopening(seen: Watch) -> tuple[Watch, Remedy]:
    return evolve(seen, still_for_s=0.0, waited_for_s=0.0, reopened=seen.reopened + 1), Reopen()


def _asking(seen: Watch, tries: int) -> tuple[Watch, Remedy]:
    return evolve(seen, still_for_s=0.0, tries=tries, reconnects_asked=seen.reconnects_asked + 1), AskReconnect()
