"""Arranging: what members ask of a queue's order and contents. Each may be taken back for a minute."""

from __future__ import annotations

from secrets import randbits

from attrs import frozen

from conductr_player import (
    Clear,
    Entry,
    EntryId,
    Move,
    Remove,
    RemoveOf,
    RemoveRange,
    Session,
    Shuffle,
    Undo,
    UserId,
)

from .access import Caller
from .denials import NothingQueued, UnknownPlace
from .outcomes import Cleared, Moved, Outcome, QueueShown, Removed, Shuffled, TooFewToShuffle, Undone
from .resolving import askers, entry_meant
from .rights import Deed
from .steering import Seen, Steering

PAGE_SIZE = 10  # entries of a queue on one page
NAMED = 3  # titles that are told of what was removed; the rest is counted
LEAST_TO_SHUFFLE = 3


@frozen
class Arranging:
    """`doers`: who has changed a guild's queue last; they may take it back."""

    steering: Steering
    doers: dict[int, int]

    async def queue_shown(self, guild_id: int, page: int = 1) -> QueueShown:
        """That page's entries; the last page where there are not so many."""
        now = await self.steering.now(guild_id)
        pages = max(1, -(-len(now.session.queue.upcoming) // PAGE_SIZE))
        page = max(1, min(page, pages))
        view = await self.steering.drawn(guild_id, now, first=(page - 1) * PAGE_SIZE, count=PAGE_SIZE)
        return QueueShown(view, page)

    async def remove(
        self,
        caller: Caller,
        entry: str | None = None,
        to: str | None = None,
        member: int | None = None,
        *,
        expected: int | None = None,
    ) -> Outcome:
        """Remove one, all from one to another, or all of a member's. `expected`: the version that was shown.

        Raises NothingQueued, UnknownPlace, SeveralFound, Stale, and as `Steering.carry`.
        """
        async with self.steering.locks[caller.guild_id]:
            seen = await self._some(caller)
            gone, command = _to_remove(seen.session, entry, to, member)
            if not gone:
                raise NothingQueued
            carried = await self.steering.carry(caller, seen, Deed.REMOVE, command, askers(gone), expected=expected)
            self._done(caller)
            titles = tuple(each.track.title for each in gone[:NAMED])
            return carried.told(Removed(titles, len(gone), caller.name))

    async def move(self, caller: Caller, entry: str, to: str, *, expected: int | None = None) -> Outcome:
        """Put one at a place as shown (1 is next), at the "end", or before another (by its id).

        Own songs may be moved past own ones by everybody. Raises as `remove`.
        """
        async with self.steering.locks[caller.guild_id]:
            seen = await self._some(caller)
            upcoming = seen.session.queue.upcoming
            moved = entry_meant(seen.session, entry)
            at = upcoming.index(moved)
            rest = upcoming[:at] + upcoming[at + 1 :]
            target = _place_meant(seen.session, to, rest)
            before = rest[target].id if target < len(rest) else None
            passed = rest[min(at, target) : max(at, target)] if target < at else ()
            about = askers((moved, *passed))
            command = Move(moved.id, before)
            carried = await self.steering.carry(caller, seen, Deed.MOVE, command, about, expected=expected)
            return carried.told(Moved(moved.track.title, target + 1, caller.name))

    async def shuffle(self, caller: Caller) -> Outcome:
        """Raises NothingQueued, and as `Steering.carry`."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self._some(caller)
            upcoming = seen.session.queue.upcoming
            self.steering.may(caller, seen, Deed.SHUFFLE, askers(upcoming))
            if len(upcoming) < LEAST_TO_SHUFFLE:
                return TooFewToShuffle(len(upcoming))
            command = Shuffle(randbits(63))
            carried = await self.steering.carry(caller, seen, Deed.SHUFFLE, command, askers(upcoming))
            if carried.session is None and carried.voted is not None:
                return carried.voted
            self._done(caller)
            return carried.told(Shuffled(len(upcoming), caller.name))

    async def clear(self, caller: Caller) -> Outcome:
        """What waits is gone, the current song goes on. Raises NothingQueued, and as `Steering.carry`."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self._some(caller)
            upcoming = seen.session.queue.upcoming
            carried = await self.steering.carry(caller, seen, Deed.CLEAR, Clear(), askers(upcoming))
            if carried.session is None and carried.voted is not None:
                return carried.voted
            self._done(caller)
            return carried.told(Cleared(len(upcoming), caller.name))

    async def undo(self, caller: Caller) -> Outcome:
        """Take the last clear, removal, shuffle or stop back. Raises NothingToUndo, and as `Steering.carry`."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            doer = self.doers.get(caller.guild_id)
            about = frozenset[int]() if doer is None else frozenset({doer})
            carried = await self.steering.carry(caller, seen, Deed.UNDO, Undo(), about)
            waiting = 0 if carried.session is None else len(carried.session.queue.upcoming)
            return carried.told(Undone(waiting, caller.name))

    async def _some(self, caller: Caller) -> Seen:
        """What waits, where anything does. Raises NothingQueued."""
        seen = await self.steering.look(caller)
        if not seen.session.queue.upcoming:
            self.steering.may(caller, seen, Deed.QUEUE)
            raise NothingQueued
        return seen

    def _done(self, caller: Caller) -> None:
        self.doers[caller.guild_id] = caller.user_id


def _to_remove(
    session: Session, entry: str | None, to: str | None, member: int | None
) -> tuple[tuple[Entry, ...], Remove | RemoveRange | RemoveOf]:
    upcoming = session.queue.upcoming
    if member is not None and entry is None:
        gone = tuple(each for each in upcoming if each.requested_by == member)
        return gone, RemoveOf(UserId(member))
    first = entry_meant(session, entry or "")
    if to is None:
        return (first,), Remove((first.id,))
    last = entry_meant(session, to)
    start, end = sorted((upcoming.index(first), upcoming.index(last)))
    gone = upcoming[start : end + 1]
    if member is not None:
        gone = tuple(each for each in gone if each.requested_by == member)
        return gone, Remove(tuple(each.id for each in gone))
    return gone, RemoveRange(first.id, last.id)


def _place_meant(session: Session, text: str, rest: tuple[Entry, ...]) -> int:
    """The index among the others: a number is a place as shown, clamped to the end. Raises UnknownPlace."""
    said = text.strip().removeprefix("#").lower()
    if said == "end":
        return len(rest)
    ids = [EntryId(each.id) for each in rest]
    if text in ids:
        return ids.index(EntryId(text))
    if said.isascii() and said.isdigit():
        place = int(said[:9])
        if place >= 1:
            return min(place - 1, len(rest))
    if any(each.id == text for each in session.queue.upcoming):
        return next(at for at, each in enumerate(session.queue.upcoming) if each.id == text)
    raise UnknownPlace(text, len(session.queue.upcoming))
