"""The order in which a guild hears its tracks. Pure: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from random import Random

from attrs import evolve, field, frozen

from .fairness import dealt, mixed_within_members, put_in_turn
from .refusals import UnknownEntry
from .tracks import Entry, EntryId, Track, UserId

HISTORY_LIMIT = 50  # entries
UPCOMING_LIMIT = 1_000  # entries; strangers fill this
BEGUN_S = 0.02  # where an entry goes on that was overtaken before anything of it was heard


class LoopMode(StrEnum):
    OFF = "off"
    TRACK = "track"
    QUEUE = "queue"


class EndReason(StrEnum):
    """Why a play ended. Lavalink's: loadFailed is load_failed, stuck is stalled, cleanup is shutdown."""

    FINISHED = "finished"
    SKIPPED = "skipped"
    REPLACED = "replaced"  # by one to be played now, or by the previous one
    STOPPED = "stopped"
    LOAD_FAILED = "load_failed"
    STALLED = "stalled"
    DRY = "dry"  # it waits for more of its song, and another may be heard meanwhile
    CONNECTION_LOST = "connection_lost"
    SHUTDOWN = "shutdown"


def _newest(history: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return history[-HISTORY_LIMIT:]


@frozen
class Queue:
    """An entry is in at most one of the three places. Every change is a new value.

    An upcoming entry whose track is not playable yet holds its place, and those behind it overtake it.
    """

    current: Entry | None = None
    upcoming: tuple[Entry, ...] = ()
    history: tuple[Entry, ...] = field(default=(), converter=_newest)  # oldest first
    loop: LoopMode = LoopMode.OFF

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order heard."""
        return (*self.history, *((self.current,) if self.current else ()), *self.upcoming)

    def waiting(self, entry_id: EntryId) -> int:
        """The index of an upcoming entry. Raises UnknownEntry."""
        for at, entry in enumerate(self.upcoming):
            if entry.id == entry_id:
                return at
        raise UnknownEntry(entry_id)

    @property
    def ready(self) -> Entry | None:
        """The first upcoming entry that can be heard."""
        return next((entry for entry in self.upcoming if entry.track.playable), None)

    @property
    def following(self) -> Entry | None:
        """What is heard after the current entry, if that plays to its end."""
        if self.loop is LoopMode.TRACK:
            return self.current
        return self.ready or (self.current if self.loop is LoopMode.QUEUE else None)

    @property
    def meanwhile(self) -> Entry | None:
        """What may overtake the current entry while that waits for its song: one that can be heard and is not begun.

        So two that both wait do not take turns for ever, and each has its whole time. None where a track is looped.
        """
        if self.current is None or self.loop is LoopMode.TRACK:
            return None
        return next((entry for entry in self.upcoming if entry.track.playable and entry.resume_s == 0), None)

    def overtaken(self, at_s: float) -> Queue:
        """With what can be heard meanwhile as the current entry; the one that waits is next, and goes on at `at_s`."""
        if (other := self.meanwhile) is None or self.current is None:
            return self
        waits = evolve(self.current, resume_s=max(at_s, BEGUN_S))
        return evolve(self, current=other, upcoming=(waits, *self.without({other.id}).upcoming))

    def add(self, *entries: Entry, next_up: bool = False, fair: bool = False) -> Queue:
        """Append; or with `next_up` put in front; or with `fair` put in where each member's turn is."""
        if next_up:
            return evolve(self, upcoming=entries + self.upcoming)
        if fair:
            return evolve(self, upcoming=put_in_turn(self.current, self.upcoming, entries))
        return evolve(self, upcoming=self.upcoming + entries)

    def leave(self, reason: EndReason, at_s: float = 0.0) -> Queue:
        """Without the current entry, which is laid where the reason tells. One that was replaced goes on at `at_s`.

        A broken one goes into the history in every loop mode: each shortens the queue, so a queue
        of broken tracks comes to rest instead of spinning.
        """
        if self.current is None:
            return self
        bare, done = evolve(self, current=None), evolve(self.current, resume_s=0.0)
        match reason:
            case EndReason.REPLACED | EndReason.DRY:
                left = evolve(bare, upcoming=(evolve(done, resume_s=at_s), *self.upcoming))
            case EndReason.FINISHED | EndReason.SKIPPED if self.loop is LoopMode.QUEUE:
                left = evolve(bare, upcoming=(*self.upcoming, done))
            case _:
                left = evolve(bare, history=(*self.history, done))
        broken = reason in (EndReason.LOAD_FAILED, EndReason.STALLED)
        return evolve(left, loop=LoopMode.OFF) if self.loop is LoopMode.TRACK and not broken else left

    def advance(self, reason: EndReason) -> Queue:
        """What follows when the current entry's play ends: the table of reasons and loop modes (bots.md 4.5)."""
        match reason:
            case EndReason.FINISHED if self.loop is LoopMode.TRACK and self.current:
                return self
            case EndReason.CONNECTION_LOST | EndReason.SHUTDOWN:
                return self
            case EndReason.STOPPED:
                return self.stop()
            case _:
                return self.leave(reason).take_up()

    def take_up(self) -> Queue:
        """With the first entry that can be heard as the current one; there is none before."""
        if (head := self.ready) is None:
            return self
        return evolve(self.without({head.id}), current=head)

    def skip(self, count: int) -> Queue:
        """Leave the current entry and those after it, `count` in all.

        Where none can be heard, the wait for the first one is dropped: it is laid into the history.
        """
        queue = self
        for _ in range(min(count, len(self.upcoming) + 1)):
            if queue.current:
                queue = queue.advance(EndReason.SKIPPED)
            else:
                queue = evolve(queue, upcoming=queue.upcoming[1:], history=queue.history + queue.upcoming[:1])
        return queue

    def jump(self, entry_id: EntryId) -> Queue:
        """Go on with an upcoming entry. What is passed over is skipped; what cannot be heard yet keeps its place.

        Raises UnknownEntry. One that cannot be heard yet is put in front instead.
        """
        at = self.waiting(entry_id)
        target = self.upcoming[at]
        if not target.track.playable:
            return evolve(self, upcoming=(target, *self.without({entry_id}).upcoming))
        before = self.upcoming[:at]
        passed = tuple(evolve(entry, resume_s=0.0) for entry in before if entry.track.playable)
        left = self.leave(EndReason.SKIPPED).without({entry_id, *(entry.id for entry in passed)})
        if left.loop is LoopMode.QUEUE:
            return evolve(left, current=target, upcoming=left.upcoming + passed)
        return evolve(left, current=target, history=left.history + passed)

    def previous(self) -> Queue:
        """Return to the entry heard before; the current one waits behind it, and begins anew."""
        earlier = next((entry for entry in reversed(self.history) if entry.track.playable), None)
        if earlier is None:
            return self
        history = tuple(entry for entry in self.history if entry is not earlier)
        return evolve(self.leave(EndReason.REPLACED), current=earlier, history=history)

    def without(self, entry_ids: Collection[EntryId]) -> Queue:
        """These are no longer upcoming; the current one is left by `advance`."""
        return evolve(self, upcoming=tuple(entry for entry in self.upcoming if entry.id not in entry_ids))

    def remove(self, *entry_ids: EntryId) -> Queue:
        """Take entries out of those upcoming. Raises UnknownEntry where one of them is not there."""
        gone = set(entry_ids)
        for missing in gone.difference(entry.id for entry in self.upcoming):
            raise UnknownEntry(missing)
        return self.without(gone)

    def remove_range(self, first: EntryId, last: EntryId) -> Queue:
        """Take out what lies between two entries, and both. Raises UnknownEntry."""
        start, end = sorted((self.waiting(first), self.waiting(last)))
        return evolve(self, upcoming=self.upcoming[:start] + self.upcoming[end + 1 :])

    def remove_of(self, member: UserId) -> Queue:
        return evolve(self, upcoming=tuple(entry for entry in self.upcoming if entry.requested_by != member))

    def move(self, entry_id: EntryId, before: EntryId | None) -> Queue:
        """Put an upcoming entry before another one, or at the end. Raises UnknownEntry."""
        moved = self.upcoming[self.waiting(entry_id)]
        if before == entry_id:
            return self
        rest = self.without({entry_id})
        at = len(rest.upcoming) if before is None else rest.waiting(before)
        return evolve(rest, upcoming=(*rest.upcoming[:at], moved, *rest.upcoming[at:]))

    def shuffled(self, rng: Random, *, fair: bool = False) -> Queue:
        """In an order that `rng` draws; with `fair`, each member keeps their turns."""
        if fair:
            return evolve(self, upcoming=mixed_within_members(self.upcoming, rng))
        return evolve(self, upcoming=tuple(rng.sample(self.upcoming, len(self.upcoming))))

    def dealt(self) -> Queue:
        """In rounds, as members take turns."""
        return evolve(self, upcoming=dealt(self.current, self.upcoming))

    def clear(self) -> Queue:
        """Forget what is upcoming; current and history stay."""
        return evolve(self, upcoming=())

    def stop(self) -> Queue:
        """Forget what is upcoming and the loop, and lay the current entry into the history."""
        return evolve(evolve(self, loop=LoopMode.OFF).leave(EndReason.STOPPED), upcoming=())

    def describe(self, track: Track) -> Queue:
        """Put what is newly known of a track into each of its entries. What could be heard stays so."""

        def learn(entry: Entry) -> Entry:
            if entry.track.id != track.id:
                return entry
            return evolve(entry, track=evolve(track, playable=track.playable or entry.track.playable))

        return evolve(
            self,
            current=learn(self.current) if self.current else None,
            upcoming=_each(learn, self.upcoming),
            history=_each(learn, self.history),
        )


def _each(change: Callable[[Entry], Entry], entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(change(entry) for entry in entries)
