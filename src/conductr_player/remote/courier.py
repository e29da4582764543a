"""The parent's side of sources: tells the pacer's process where to read each, and brings it what grows here."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final
from weakref import WeakKeyDictionary, finalize, ref

from attrs import define, field

from conductr_player.errors import SourceError
from conductr_player.packets.book import PacketBook
from conductr_player.packets.sources import IndexedPackets, LivePackets, PacketSource

from .wire import packed

AT_ONCE: Final = 500  # packets; half a millisecond


@define(eq=False)
class _Growing:
    """A source that is not (yet) a file. Holds it weakly: one that nobody plays is given up."""

    number: int
    source: ref[PacketSource]
    book: PacketBook
    first: int
    ours: bool  # the book is ours to fill; else the source's feeder does
    error: Exception | None = None


@define(eq=False)
class Courier:
    """A finished file is mapped on the other side by its path, so both share the page cache.

    A growing song's book is read there as it is; other sources are copied into one.
    """

    send: Callable[[bytes, Sequence[int]], None]
    _numbers: WeakKeyDictionary[PacketSource, int] = field(init=False, factory=WeakKeyDictionary[PacketSource, int])
    _growing: list[_Growing] = field(init=False, factory=list[_Growing])
    _gone: deque[int] = field(init=False, factory=deque[int])  # by the collector, in any thread, at any time
    _count: int = field(init=False, default=0)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def number_of(self, source: PacketSource) -> int:
        """By what the other side knows it; it is told first where it does not. From any thread.

        Raises SourceError where it cannot cross.
        """
        with self._lock:
            try:
                if (number := self._numbers.get(source)) is None:
                    self._count = number = self._count + 1
                    self._introduce(source, number)
                    self._numbers[source] = number
                    finalize(source, self._gone.append, number).atexit = False
            except (OSError, TypeError) as error:  # no room for a book; a class that nothing can refer to weakly
                raise SourceError(f"it cannot be read in another process: {error}") from error
            return number

    def look(self) -> bool:
        """Bring what has come since; from one thread. True: there is more at once."""
        more = False
        with self._lock:
            while self._gone:
                self._say("forget", self._gone.popleft())
            kept = list[_Growing]()
            for each in self._growing:
                source = each.source()
                if source is not None and self._bring(each, source):
                    kept.append(each)
                    more |= each.ours and each.first + len(each.book) < len(source)
            self._growing = kept
        return more

    @property
    def waits(self) -> bool:
        """Something still grows."""
        return bool(self._growing or self._gone)

    def _introduce(self, source: PacketSource, number: int) -> None:
        file = _file_of(source)
        if file is not None:
            self._say("map", number, path=str(file.path))
            return
        theirs = source.held if isinstance(source, LivePackets) else None
        book = theirs if isinstance(theirs, PacketBook) else PacketBook.new()
        growing = _Growing(number, ref(source), book, source.first, ours=book is not theirs)
        message = {"ask": "read", "source": number, "first": source.first, "speed": source.speed}
        self.send(packed(message), (book.fileno(),))
        if self._bring(growing, source):
            self._growing.append(growing)

    def _bring(self, growing: _Growing, source: PacketSource) -> bool:
        """False: no more will come."""
        if (file := _file_of(source)) is not None:
            self._say("go_on_in", growing.number, path=str(file.path))
            return False
        complete, error = source.complete, source.error  # before the length: more may come in between
        try:
            there = not growing.ours or self._copy(growing, source)
        except Exception as broken:  # noqa: BLE001 - a full book, or a stranger's code
            self._say("broke", growing.number, text=str(broken) or type(broken).__name__)
            return False
        if error is not growing.error:
            growing.error = error
            self._say("broke", growing.number, text=str(error) if error else "")
        if complete and there:
            self._say("over", growing.number)
        return not (complete and there)

    def _copy(self, growing: _Growing, source: PacketSource) -> bool:
        """A while of copying; True: all that there was."""
        book, end = growing.book, len(source)
        start = growing.first + len(book)
        for index in range(start, min(end, start + AT_ONCE)):
            packet = source.packet(index)
            if packet is None:
                break
            book.append(packet)
        return growing.first + len(book) >= end

    def _say(self, ask: str, number: int, **values: object) -> None:
        self.send(packed({"ask": ask, "source": number} | values), ())


def _file_of(source: PacketSource) -> IndexedPackets | None:
    """The file that it is all read from, where the other side can find it."""
    held = source.held if isinstance(source, LivePackets) and source.complete else source
    return held if isinstance(held, IndexedPackets) and held.path is not None else None
