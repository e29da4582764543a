"""The order in which a guild hears its tracks. Pure: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from random import Random

from attrs import evolve, field, frozen

from .tracks import Entry, EntryId, Track

HISTORY_LIMIT = 50  # entries
UPCOMING_LIMIT = 1_000  # entries; strangers fill this


class LoopMode(StrEnum):
    OFF = "off"
    TRACK = "track"
    QUEUE = "queue"


class EndReason(StrEnum):
    """Why a play ended. Lavalink's: finished; loadFailed is failed; stopped, replaced and cleanup are skipped."""

    FINISHED = "finished"
    SKIPPED = "skipped"
    FAILED = "failed"


def _newest(history: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return history[-HISTORY_LIMIT:]


@frozen
class Queue:
    """An entry is in at most one of the three places. Every change is a new value."""

    current: Entry | None = None
    upcoming: tuple[Entry, ...] = ()
    history: tuple[Entry, ...] = field(default=(), converter=_newest)  # oldest first
    loop: LoopMode = LoopMode.OFF

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order heard."""
        return (*self.history, *((self.current,) if self.current else ()), *self.upcoming)

    def add(self, *entries: Entry, next_up: bool = False) -> Queue:
        """Append, or with `next_up` put in front. Ids already here are left out, and so is what exceeds the limit."""
        known = {entry.id for entry in self.entries()}
        fresh = {entry.id: entry for entry in entries if entry.id not in known}
        room = max(0, UPCOMING_LIMIT - len(self.upcoming))
        new = tuple(fresh.values())[:room]
        return evolve(self, upcoming=new + self.upcoming if next_up else self.upcoming + new)

    def advance(self, reason: EndReason) -> Queue:
        """Leave the current entry, for `reason`, and take up the next.

        A failed entry is dropped, whatever the loop mode: each failure shortens the
        queue, so a queue of broken tracks comes to rest instead of spinning.
        """
        done, upcoming, history = self.current, self.upcoming, self.history
        if done and reason is EndReason.FINISHED and self.loop is LoopMode.TRACK:
            return self
        if done and reason is not EndReason.FAILED:
            if self.loop is LoopMode.QUEUE:
                upcoming += (done,)
            else:
                history += (done,)
        head, rest = (upcoming[0], upcoming[1:]) if upcoming else (None, ())
        return evolve(self, current=head, upcoming=rest, history=history)

    def back(self) -> Queue:
        """Return to the entry heard before; the current one waits behind it."""
        if not self.history:
            return self
        waiting = (self.current,) if self.current else ()
        return evolve(self, current=self.history[-1], history=self.history[:-1], upcoming=waiting + self.upcoming)

    def remove(self, entry_id: EntryId) -> Queue:
        """Take an entry out of those upcoming; the current one is left by `advance`."""
        return evolve(self, upcoming=tuple(entry for entry in self.upcoming if entry.id != entry_id))

    def move(self, entry_id: EntryId, to: int) -> Queue:
        """Put an upcoming entry at index `to` (0 is next). Beyond the ends means the end."""
        moved = [entry for entry in self.upcoming if entry.id == entry_id]
        rest = [entry for entry in self.upcoming if entry.id != entry_id]
        at = max(0, min(to, len(rest)))
        return evolve(self, upcoming=(*rest[:at], *moved, *rest[at:]))

    def shuffled(self, rng: Random) -> Queue:
        return evolve(self, upcoming=tuple(rng.sample(self.upcoming, len(self.upcoming))))

    def clear(self) -> Queue:
        """Forget what is upcoming; current and history stay."""
        return evolve(self, upcoming=())

    def stop(self) -> Queue:
        """Forget what is upcoming and lay the current entry into history."""
        done = (self.current,) if self.current else ()
        return evolve(self, current=None, upcoming=(), history=self.history + done)

    def describe(self, track: Track) -> Queue:
        """Put what is newly known of a track into each of its entries."""

        def learn(entry: Entry) -> Entry:
            return evolve(entry, track=track) if entry.track.id == track.id else entry

        return evolve(
            self,
            current=learn(self.current) if self.current else None,
            upcoming=_each(learn, self.upcoming),
            history=_each(learn, self.history),
        )


def _each(change: Callable[[Entry], Entry], entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(change(entry) for entry in entries)
