"""Taking back the last clear, removal, shuffle or stop, whatever was added or played since. Pure."""

from __future__ import annotations

from collections import defaultdict

from attrs import evolve, frozen

from .queue import UPCOMING_LIMIT, LoopMode, Queue
from .refusals import QueueFull
from .tracks import Entry, EntryId

UNDO_WITHIN_S = 60.0  # bots.md 5.1


@frozen
class Undoable:
    """How the queue was before the change. `until` is on the shell's clock."""

    before: Queue
    until: float
    gone: frozenset[EntryId]  # what the change took out; none where it only changed the order
    stopped: bool = False
    position_s: float = 0.0  # where the stopped entry stood
    paused: bool = False  # a person had paused it


def undoable(before: Queue, after: Queue, now: float) -> Undoable:
    """How to take back the change from one to the other."""
    left = {entry.id for entry in after.upcoming}
    return Undoable(before, now + UNDO_WITHIN_S, frozenset(e.id for e in before.upcoming if e.id not in left))


def undone(queue: Queue, change: Undoable, at_s: float) -> Queue:
    """The queue without that change; what plays now stands at `at_s`.

    Raises QueueFull where what was removed fits in no more: the change can be taken back later.
    """
    if not change.gone and not change.stopped:
        return evolve(queue, upcoming=_in_order_of(change.before.upcoming, queue.upcoming))
    restored = _started(queue, change, at_s) if change.stopped else _refilled(queue, change)
    if len(restored.upcoming) > max(UPCOMING_LIMIT, len(queue.upcoming)):
        raise QueueFull(UPCOMING_LIMIT)
    return restored


def _refilled(queue: Queue, change: Undoable) -> Queue:
    return evolve(queue, upcoming=_with_removed(queue, change))


def _started(queue: Queue, change: Undoable, at_s: float) -> Queue:
    """As before the stop. What has begun since waits behind what was there, and goes on where it was."""
    loop = change.before.loop if queue.loop is LoopMode.OFF else queue.loop
    stopped = change.before.current
    if stopped is None or (queue.current and queue.current.id == stopped.id):
        return evolve(queue, upcoming=_with_removed(queue, change), loop=loop)
    since = (evolve(queue.current, resume_s=at_s),) if queue.current else ()
    bare = Queue(
        current=stopped,
        upcoming=since + queue.without({stopped.id}).upcoming,
        history=tuple(entry for entry in queue.history if entry.id != stopped.id),
        loop=loop,
    )
    return evolve(bare, upcoming=_with_removed(bare, change))


def _with_removed(queue: Queue, change: Undoable) -> tuple[Entry, ...]:
    """Those upcoming now, and each that is gone behind the one that it stood behind.

    One that has come back by itself is not there twice.
    """
    known = {entry.id for entry in queue.entries()}
    upcoming = {entry.id for entry in queue.upcoming}
    behind = defaultdict[EntryId | None, list[Entry]](list)
    anchor: EntryId | None = None  # None: the front
    for entry in change.before.upcoming:
        if entry.id in upcoming:
            anchor = entry.id
        elif entry.id in change.gone and entry.id not in known:
            behind[anchor].append(entry)
    return (*behind[None], *(each for entry in queue.upcoming for each in (entry, *behind[entry.id])))


def _in_order_of(before: tuple[Entry, ...], upcoming: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same entries; those that were there before are in the order of then, the others keep their place."""
    now = {entry.id: entry for entry in upcoming}
    ordered = iter([now[entry.id] for entry in before if entry.id in now])
    then = {entry.id for entry in before}
    return tuple(next(ordered) if entry.id in then else entry for entry in upcoming)
