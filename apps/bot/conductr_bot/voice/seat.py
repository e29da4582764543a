"""Seat: a guild's place in voice as a pure machine. `step` tells what to do about what has happened.

It looks at how things are, not at how they came to be so: events of Discord may be lost, doubled or late.
"""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import Final

from attrs import evolve, frozen

from conductr_player import PauseCause

from . import seat_inputs as i
from .closing import After, what_follows
from .news import VoiceNews
from .patience import Patience

LOOK_AFTER_S: Final = 5.0  # to see whether we were moved or put out (bots.md 3.6)
RETURN_AFTER_S: Final = 30.0  # once, where a guild wants us always
TO_BE_OUT_S: Final = 3.0  # for Discord's word that we are out, so that it does not end the next connection

UNTRIED: Final = Patience()
Effects = tuple[i.Effect, ...]


class Link(StrEnum):
    OUT = "out"  # we want to be nowhere
    UP = "up"
    DOWN = "down"  # lost, and we come back


@frozen
class Seat:
    """`channel_id`: where we want to be. Moments are of the caller's clock, in seconds; inf: never.

    `held`: what the player knows to hold it; None: not yet told. `standing`: what the guild was told, and still is so.
    """

    channel_id: int | None = None
    link: Link = Link.OUT
    patience: Patience = UNTRIED
    try_at_s: float = inf
    look_at_s: float = inf
    quiet_since_s: float = inf
    leave_at_s: float = inf
    held: frozenset[PauseCause] | None = None
    asked_to_speak: bool = False
    has_returned: bool = False
    standing: frozenset[VoiceNews] = frozenset()

    @classmethod
    def lost(cls, channel_id: int, now_s: float) -> Seat:
        """As one that a process of before had, to come back to at once."""
        return cls(channel_id, Link.DOWN, try_at_s=now_s)

    @property
    def deadline_s(self) -> float:
        """When to look again though nothing has happened."""
        return min(self.try_at_s, self.look_at_s, self.leave_at_s)


def step(seat: Seat, given: i.Input, facts: i.Facts, now_s: float, chance: float = 0.5) -> tuple[Seat, Effects]:
    """The seat that follows, and what to do. `chance`: any number from 0 to 1; it spreads what would come at once."""
    match given:
        case i.Sat(channel_id):
            return _settled(Seat(channel_id, Link.UP, seat.patience.succeeded()), facts, now_s)
        case i.Rose():
            return _part()
        case _ if seat.channel_id is None:
            return seat, ()
        case i.Ended(code):
            return _ended(seat, what_follows(code), facts, now_s, chance)
        case i.Renewed():
            return _then(_try_later(seat, facts, now_s, chance), i.Abandon())
        case i.Failed(why):
            return _failed(seat, why, facts, now_s, chance)
        case i.Connected():
            return _connected(seat, facts, now_s)
        case i.Asked(news):
            return _told(seat, news)
        case i.Looked():  # pragma: no branch - a closed set
            return _looked(seat, facts, now_s, chance)


def _ended(seat: Seat, after: After, facts: i.Facts, now_s: float, chance: float) -> tuple[Seat, Effects]:
    match after:
        case After.FRESH:
            return _then(_try_later(seat, facts, now_s, chance), i.HangUp())
        case After.LOOK:
            waiting = evolve(seat, link=Link.DOWN, look_at_s=now_s + LOOK_AFTER_S, try_at_s=inf, leave_at_s=inf)
            return _after((i.LinkIs(up=False), i.Abandon()), _looked(waiting, facts, now_s, chance))
        case After.STAY_OUT:
            return _part()
        case After.NO_DAVE:
            return _part(VoiceNews.DAVE_MISSING)
        case After.HOPELESS:  # pragma: no branch - a closed set
            return _part(VoiceNews.REFUSED)


def _failed(seat: Seat, why: i.Hindrance, facts: i.Facts, now_s: float, chance: float) -> tuple[Seat, Effects]:
    match why:
        case i.Hindrance.UNANSWERED:
            return _try_later(seat, facts, now_s, chance)
        case i.Hindrance.FORBIDDEN:
            return _part(VoiceNews.PERMISSION_LOST)
        case i.Hindrance.REFUSED:
            return _part(VoiceNews.REFUSED)
        case i.Hindrance.NO_DAVE:  # pragma: no branch - a closed set
            return _part(VoiceNews.DAVE_MISSING)


def _connected(seat: Seat, facts: i.Facts, now_s: float) -> tuple[Seat, Effects]:
    """What was told of the outage is taken back; and the room may be another than before."""
    was_down = VoiceNews.VOICE_DOWN in seat.standing
    up = evolve(
        seat,
        link=Link.UP,
        patience=seat.patience.succeeded(),
        try_at_s=inf,
        look_at_s=inf,
        held=None,
        asked_to_speak=False,
        standing=seat.standing - {VoiceNews.VOICE_DOWN},
    )
    before: Effects = (i.LinkIs(up=True), i.Tell(VoiceNews.VOICE_BACK)) if was_down else (i.LinkIs(up=True),)
    return _after(before, _settled(up, facts, now_s))


def _looked(seat: Seat, facts: i.Facts, now_s: float, chance: float) -> tuple[Seat, Effects]:
    if not facts.member:
        return _part()
    if not facts.channel_there and facts.reachable:
        return _part(VoiceNews.CHANNEL_GONE)
    if seat.link is Link.UP:
        return _settled(seat, facts, now_s) if facts.sits_in is not None else _missed(seat, facts, now_s, chance)
    seat, moved = _followed(seat, facts)
    if now_s >= seat.look_at_s:
        return _after(moved, _decided(seat, facts, now_s, chance))
    if not facts.reachable:
        return evolve(seat, try_at_s=inf), moved
    if seat.look_at_s == inf and seat.try_at_s == inf:  # its guild was away, and is back
        seat = evolve(seat, try_at_s=now_s)
    elif facts.sits_in is None and seat.try_at_s < inf and not seat.has_returned:
        seat = evolve(seat, try_at_s=min(seat.try_at_s, now_s + seat.patience.wait_s(chance)))
    if now_s < seat.try_at_s or seat.channel_id is None:
        return seat, moved
    return evolve(seat, try_at_s=inf), (*moved, i.Connect(seat.channel_id))


def _missed(seat: Seat, facts: i.Facts, now_s: float, chance: float) -> tuple[Seat, Effects]:
    """Discord says that we sit nowhere, and our connection knows nothing of it: it is not believed for long."""
    if now_s >= seat.look_at_s:
        return _ended(evolve(seat, look_at_s=inf), After.LOOK, facts, now_s, chance)
    return evolve(seat, look_at_s=min(seat.look_at_s, now_s + LOOK_AFTER_S)), ()


def _decided(seat: Seat, facts: i.Facts, now_s: float, chance: float) -> tuple[Seat, Effects]:
    """After a close that says kicked or moved: where do we sit?"""
    seat = evolve(seat, look_at_s=inf)
    if facts.sits_in is not None or not facts.reachable:
        return _then(_try_later(seat, facts, now_s, chance), i.HangUp())
    if facts.stay and facts.returns and not seat.has_returned:
        return evolve(seat, try_at_s=now_s + RETURN_AFTER_S, has_returned=True), ()
    return _part()


def _try_later(seat: Seat, facts: i.Facts, now_s: float, chance: float) -> tuple[Seat, Effects]:
    """Come back once Discord has us out, so that its word of that does not end the new connection."""
    patience = seat.patience.again(now_s)
    if patience is None:
        return _part(VoiceNews.VOICE_DOWN if VoiceNews.VOICE_DOWN not in seat.standing else None)
    wait_s = patience.wait_s(chance) + (TO_BE_OUT_S if facts.sits_in is not None else 0.0)
    try_at_s = now_s + wait_s if facts.reachable else inf
    down = evolve(
        seat, link=Link.DOWN, patience=patience, try_at_s=try_at_s, look_at_s=inf, leave_at_s=inf, quiet_since_s=inf
    )
    down, told = _told(down, VoiceNews.VOICE_DOWN) if patience.slow else (down, ())
    return down, ((i.LinkIs(up=False), *told) if seat.link is Link.UP else told)


def _settled(seat: Seat, facts: i.Facts, now_s: float) -> tuple[Seat, Effects]:
    """We are connected: follow, hold what nobody hears, leave where it is silent for too long."""
    seat, moved = _followed(evolve(seat, look_at_s=inf), facts)
    seat, holds = _held(seat, facts)
    seat, told = _spoken(seat, facts)
    quiet = facts.listeners == 0 or facts.silent
    since_s = min(seat.quiet_since_s, now_s) if quiet else inf
    leave_at_s = inf if facts.stay else since_s + facts.idle_s
    if now_s >= leave_at_s:
        return _after((*moved, *holds), _part(VoiceNews.IDLE))
    return evolve(seat, quiet_since_s=since_s, leave_at_s=leave_at_s), (*moved, *holds, *told)


def _followed(seat: Seat, facts: i.Facts) -> tuple[Seat, Effects]:
    if facts.sits_in in (None, seat.channel_id):
        return seat, ()
    there = evolve(seat, channel_id=facts.sits_in, asked_to_speak=False)
    return there, (i.Moved(facts.sits_in),)


def _held(seat: Seat, facts: i.Facts) -> tuple[Seat, Effects]:
    wanted = {PauseCause.EMPTY: facts.listeners == 0, PauseCause.MUTED: facts.muted}
    known = seat.held
    effects = [
        i.Hold(cause) if holds else i.Release(cause)
        for cause, holds in wanted.items()
        if known is None or holds != (cause in known)
    ]
    return evolve(seat, held=frozenset(cause for cause, holds in wanted.items() if holds)), tuple(effects)


def _spoken(seat: Seat, facts: i.Facts) -> tuple[Seat, Effects]:
    """Each time that we are silenced: on a stage we ask to speak, elsewhere people are told."""
    if not facts.muted:
        of_it = {VoiceNews.MUTED, VoiceNews.HAND_RAISED, VoiceNews.NO_STAGE}
        return evolve(seat, asked_to_speak=False, standing=seat.standing - of_it), ()
    if not facts.on_stage:
        return _told(seat, VoiceNews.MUTED)
    return (seat, ()) if seat.asked_to_speak else (evolve(seat, asked_to_speak=True), (i.AskToSpeak(),))


def _told(seat: Seat, news: VoiceNews | None) -> tuple[Seat, Effects]:
    if news is None or news in seat.standing:
        return seat, ()
    return evolve(seat, standing=seat.standing | {news}), (i.Tell(news),)


def _part(news: VoiceNews | None = None) -> tuple[Seat, Effects]:
    return Seat(), (i.Part(),) if news is None else (i.Part(), i.Tell(news))


def _after(before: Effects, then: tuple[Seat, Effects]) -> tuple[Seat, Effects]:
    seat, effects = then
    return seat, (*before, *effects)


def _then(first: tuple[Seat, Effects], then: i.Effect) -> tuple[Seat, Effects]:
    seat, effects = first
    return seat, (*effects, then)
