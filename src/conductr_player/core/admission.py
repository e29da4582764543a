"""Which of the entries that somebody adds are let into a queue. Pure."""

from __future__ import annotations

from collections import Counter

from attrs import define, field

from conductr_player.errors import CommandRefused

from .queue import UPCOMING_LIMIT, Queue
from .refusals import AlreadyQueued, MemberCapReached, QueueFull
from .rules import Rules
from .tracks import Entry, EntryId, TrackId, UserId


def admitted(queue: Queue, entries: tuple[Entry, ...], rules: Rules) -> tuple[Entry, ...]:
    """Those that are new here and that limit and rules allow, in order.

    Raises QueueFull, MemberCapReached or AlreadyQueued where some are new and none is allowed: what
    stood in the way of the first.
    """
    door = _Door(queue, rules, UPCOMING_LIMIT - len(queue.upcoming))
    allowed = list[Entry]()
    refusals = list[CommandRefused]()
    for entry in entries:
        if entry.id in door.known:
            continue
        if refusal := door.refuses(entry):
            refusals.append(refusal)
        else:
            door.let_in(entry)
            allowed.append(entry)
    if refusals and not allowed:
        raise refusals[0]
    return tuple(allowed)


@define
class _Door:
    queue: Queue
    rules: Rules
    room: int
    known: set[EntryId] = field(init=False)
    held: Counter[UserId] = field(init=False)  # entries of each member, playing or waiting
    tracks: set[TrackId] = field(init=False)

    def __attrs_post_init__(self) -> None:
        queue = self.queue
        here = (*((queue.current,) if queue.current else ()), *queue.upcoming)
        self.known = {entry.id for entry in queue.entries()}
        self.held = Counter(entry.requested_by for entry in here)
        self.tracks = {entry.track.id for entry in here}

    def refuses(self, entry: Entry) -> CommandRefused | None:
        cap = self.rules.member_cap
        if self.rules.guard_duplicates and entry.track.id in self.tracks:
            return AlreadyQueued(entry.track)
        if self.room <= 0:
            return QueueFull(UPCOMING_LIMIT)
        if cap is not None and self.held[entry.requested_by] >= cap:
            return MemberCapReached(cap)
        return None

    def let_in(self, entry: Entry) -> None:
        self.known.add(entry.id)
        self.tracks.add(entry.track.id)
        self.held[entry.requested_by] += 1
        self.room -= 1
