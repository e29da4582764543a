"""Turn-taking: how members share a queue. Pure.

A member's first entry is in round one, the second in round two, and so on; what plays counts as
an entry of its member's. A fair queue runs round by round. Entries are put in where their round
ends; what somebody has arranged otherwise stays as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from random import Random

from .tracks import Entry, UserId


def put_in_turn(current: Entry | None, upcoming: tuple[Entry, ...], fresh: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """`upcoming` with the fresh entries in it, each at the end of its round and behind its member's earlier ones."""
    by_member = defaultdict[UserId, list[Entry]](list)
    for entry in fresh:
        by_member[entry.requested_by].append(entry)
    for member, entries in by_member.items():
        upcoming = _merged(current, upcoming, member, entries)
    return upcoming


def dealt(current: Entry | None, upcoming: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same entries, round by round; within a round in their present order."""
    rounds = _rounds(current, upcoming)
    return tuple(upcoming[at] for at in sorted(range(len(upcoming)), key=rounds.__getitem__))


def mixed_within_members(upcoming: tuple[Entry, ...], rng: Random) -> tuple[Entry, ...]:
    """Each member keeps the same turns, and has other entries in them."""
    own = defaultdict[UserId, list[Entry]](list)
    for entry in upcoming:
        own[entry.requested_by].append(entry)
    for entries in own.values():
        rng.shuffle(entries)
    return tuple(own[entry.requested_by].pop() for entry in upcoming)


def _rounds(current: Entry | None, upcoming: tuple[Entry, ...]) -> list[int]:
    """For each upcoming entry, the how-manyth of its member it is."""
    count = Counter[UserId]([current.requested_by] if current else [])
    rounds = list[int]()
    for entry in upcoming:
        count[entry.requested_by] += 1
        rounds.append(count[entry.requested_by])
    return rounds


def _merged(
    current: Entry | None, upcoming: tuple[Entry, ...], member: UserId, fresh: list[Entry]
) -> tuple[Entry, ...]:
    """One pass, since the rounds of one member's entries only rise."""
    rounds = _rounds(current, upcoming)
    own = [at for at, entry in enumerate(upcoming) if entry.requested_by == member]
    earliest = own[-1] + 1 if own else 0
    turn = len(own) + (current is not None and current.requested_by == member) + 1
    waiting = fresh[::-1]
    merged = list(upcoming[:earliest])
    for entry, its_round in zip(upcoming[earliest:], rounds[earliest:], strict=True):
        while waiting and its_round > turn:
            merged.append(waiting.pop())
            turn += 1
        merged.append(entry)
    return (*merged, *reversed(waiting))
