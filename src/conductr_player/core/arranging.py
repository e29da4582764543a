"""What a command makes of a queue's order and contents. Pure."""

from __future__ import annotations

from random import Random

from attrs import evolve

from . import inputs as i
from .queue import EndReason, Queue
from .rules import Place, Rules
from .tracks import Entry

Arranging = i.SetLoop | i.Remove | i.RemoveRange | i.RemoveOf | i.Move | i.Shuffle | i.Clear | i.Describe
Undoing = i.Remove | i.RemoveRange | i.RemoveOf | i.Shuffle | i.Clear


def arranged(queue: Queue, given: Arranging, rules: Rules) -> Queue:
    """The queue after a command that changes only the queue. Raises UnknownEntry."""
    match given:
        case i.SetLoop(mode):
            return evolve(queue, loop=mode)
        case i.Remove(entry_ids):
            return queue.remove(*entry_ids)
        case i.RemoveRange(first, last):
            return queue.remove_range(first, last)
        case i.RemoveOf(member):
            return queue.remove_of(member)
        case i.Move(entry_id, before):
            return queue.move(entry_id, before)
        case i.Shuffle(seed):
            return queue.shuffled(Random(seed), fair=rules.fair)
        case i.Clear():
            return queue.clear()
        case i.Describe(track):  # pragma: no branch - a closed set
            return queue.describe(track)


def enqueued(queue: Queue, entries: tuple[Entry, ...], place: Place, rules: Rules, at_s: float) -> Queue:
    """The queue with entries that were let in. NOW interrupts what plays, at `at_s`, if one of them can be heard."""
    if place is Place.NOW and any(entry.track.playable for entry in entries):
        return queue.leave(EndReason.REPLACED, at_s).add(*entries, next_up=True).take_up()
    return queue.add(*entries, next_up=place is not Place.END, fair=rules.fair)
