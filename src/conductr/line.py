"""The line of waiting wishes: turns go round the servers, and in each round its members. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from attrs import frozen


@frozen
class Waiting:
    """A wish that has not been sent. `since` is when it was asked for."""

    id: str
    guild_id: int
    user_id: int
    since: datetime


@frozen
class Turn:
    """One that a server and its member have had lately, while the others waited."""

    guild_id: int
    user_id: int


def in_turn(waiting: Iterable[Waiting], had: Iterable[Turn] = ()) -> tuple[Waiting, ...]:
    """The order in which wishes are sent, whatever order they come in.

    A server that has asked for a hundred songs does not hold up one that asks for its first; nor does a member within
    a server. Among those who have had as many turns, who has waited longest is first.
    """
    servers: Counter[int] = Counter()
    members: Counter[tuple[int, int]] = Counter()
    for one in had:
        servers[one.guild_id] += 1
        members[one.guild_id, one.user_id] += 1
    by_guild: defaultdict[int, list[tuple[int, Waiting]]] = defaultdict(list)
    for wish in sorted(waiting, key=_age):
        by_guild[wish.guild_id].append((members[wish.guild_id, wish.user_id], wish))
        members[wish.guild_id, wish.user_id] += 1
    turns: list[tuple[int, Waiting]] = []
    for guild_id, wishes in by_guild.items():
        own_order = sorted(wishes, key=lambda turn: (turn[0], _age(turn[1])))
        turns += [(number, wish) for number, (_, wish) in enumerate(own_order, servers[guild_id])]
    return tuple(wish for _, wish in sorted(turns, key=lambda turn: (turn[0], _age(turn[1]))))


def places(waiting: Iterable[Waiting], had: Iterable[Turn] = ()) -> dict[str, int]:
    """Each wish's place in line; 1 is next."""
    return {wish.id: place for place, wish in enumerate(in_turn(waiting, had), 1)}


def _age(wish: Waiting) -> tuple[datetime, str]:
    return wish.since, wish.id
