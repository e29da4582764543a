"""In words: a queue, and what became of what was asked of its order and contents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from conductr import outcomes as did
from conductr.languages import Tongue
from conductr.views import EntryView

from .reply import Reply, by, named, shorten, titled

PAGE_SIZE: Final = 10  # entries of a queue on one page
LINE_SHOWN: Final = 80  # characters of a title in a list


def queue(said: did.QueueShown, tongue: Tongue) -> Reply:
    """`upcoming` of the view may begin anywhere in the queue: `first` says where."""
    shown = said.queue
    if shown.current is None and not shown.upcoming_count:
        return Reply(tongue("queue.empty"), tongue("queue.empty.hint"), ephemeral=True)
    pages = max(1, -(-shown.upcoming_count // PAGE_SIZE))
    page = max(1, min(said.page, pages))
    begin = (page - 1) * PAGE_SIZE - shown.first
    entries = shown.upcoming[max(0, begin) : max(0, begin + PAGE_SIZE)]
    position = tongue.clock(shown.position_s)
    now = [tongue("queue.now", title=titled(shown.current.title), position=position)] if shown.current else []
    first = shown.first + max(0, begin) + 1
    lines = [*now, *(_line(entry, number, tongue) for number, entry in enumerate(entries, first))]
    length = tongue.clock(shown.total_s)
    footer = tongue("queue.footer", page=page, pages=pages, count=shown.upcoming_count, length=length)
    return Reply("\n".join(lines), footer, title=tongue("queue.title"), ephemeral=True)


def shuffled(said: did.Shuffled, tongue: Tongue) -> Reply:
    return Reply(by(tongue, "queue.shuffled", said.by, count=said.count), _undo(said.undo, tongue))


def too_few(_: did.TooFewToShuffle, tongue: Tongue) -> Reply:
    return Reply(tongue("queue.too_few"), ephemeral=True)


def cleared(said: did.Cleared, tongue: Tongue) -> Reply:
    return Reply(by(tongue, "queue.cleared", said.by, count=said.count), _undo(said.undo, tongue))


def removed(said: did.Removed, tongue: Tongue) -> Reply:
    more = said.count - len(said.titles)
    titles = [*map(titled, said.titles), *([tongue("queue.more", count=more)] if more > 0 else [])]
    return Reply(by(tongue, "queue.removed", said.by, titles=tongue.listed(titles)), _undo(said.undo, tongue))


def moved(said: did.Moved, tongue: Tongue) -> Reply:
    return Reply(by(tongue, "queue.moved", said.by, title=titled(said.title), place=said.place))


def undone(said: did.Undone, tongue: Tongue) -> Reply:
    return Reply(by(tongue, "queue.undone", said.by, count=said.waiting))


def _line(entry: EntryView, number: int, tongue: Tongue) -> str:
    title, name = shorten(entry.title, LINE_SHOWN), named(entry.requested_by_name)
    if entry.duration_s:
        return tongue("queue.line", number=number, title=title, length=tongue.clock(entry.duration_s), name=name)
    return tongue("queue.line_growing", number=number, title=title, name=name)


def _undo(can: bool, tongue: Tongue) -> str | None:
    return tongue("queue.undo.hint") if can else None


WORDED: Final[Mapping[type, Callable[[Any, Tongue], Reply]]] = {
    did.QueueShown: queue,
    did.Shuffled: shuffled,
    did.TooFewToShuffle: too_few,
    did.Cleared: cleared,
    did.Removed: removed,
    did.Moved: moved,
    did.Undone: undone,
}
