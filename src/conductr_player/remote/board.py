"""What both processes see at once: where each line stands, in shared memory."""

from __future__ import annotations

import ctypes
import mmap
import os
from typing import Final

from attrs import define, field, frozen

LINES_LIMIT: Final = 4_096  # of one process; a core serves some 3,000
_HEAD: Final = 8  # words before the first line's
_WORDS: Final = 3  # of a line: place, packets sent, speed
_BEATS, _GIVEN_UP, _WORST, _P99 = range(4)
_INDEX_BITS: Final = 24  # of the place; the others are the play's number
_INDEX: Final = (1 << _INDEX_BITS) - 1


@frozen
class Standing:
    """Where a line stands. Each figure is whole for itself; two may be of different ticks."""

    place: tuple[int | None, int] = (None, 0)
    packets_sent: int = 0
    waiting: bool = False
    refused: bool = False
    speed: float = 1.0


@define(eq=False)
class Board:
    """A word of 64 bits is written at once, so what is read is never half of one and half of another."""

    fd: int
    _map: mmap.mmap = field(init=False)
    _words: memoryview[int] = field(init=False)
    _floats: memoryview[float] = field(init=False)

    @classmethod
    def create(cls) -> Board:
        fd = os.memfd_create("conductr-pacer")
        os.ftruncate(fd, 8 * (_HEAD + _WORDS * LINES_LIMIT))
        return cls(fd)

    def __attrs_post_init__(self) -> None:
        self._map = mmap.mmap(self.fd, 0)
        whole = memoryview(self._map)
        self._words, self._floats = whole.cast("q"), whole.cast("d")

    def close(self) -> None:
        self._words.release()
        self._floats.release()
        self._map.close()
        os.close(self.fd)

    def address(self, slot: int) -> int:
        """Of a line's words, for a `Seat`. The board must not be closed while that is in use."""
        return ctypes.addressof(ctypes.c_char.from_buffer(self._map)) + 8 * (_HEAD + _WORDS * slot)

    # A line's words, by its slot.
    def clear(self, slot: int) -> None:
        self.show(slot, None, 0, 0, waiting=False, refused=False, speed=1.0)

    def show(
        self,
        slot: int,
        play_id: int | None,
        index: int,
        packets_sent: int,
        *,
        waiting: bool,
        refused: bool,
        speed: float,
    ) -> None:
        """Written after every tick: as short as can be."""
        at = _HEAD + _WORDS * slot
        words = self._words
        words[at] = index if play_id is None else (play_id + 1 << _INDEX_BITS) | index
        words[at + 1] = packets_sent << 2 | refused << 1 | waiting
        self._floats[at + 2] = speed

    def read(self, slot: int) -> Standing:
        at = _HEAD + _WORDS * slot
        place, sent = self._words[at], self._words[at + 1]
        play = place >> _INDEX_BITS
        return Standing(
            (play - 1 if play else None, place & _INDEX),
            sent >> 2,
            bool(sent & 1),
            bool(sent & 2),
            self._floats[at + 2],
        )

    # The pacer's own words.
    def beat(self, *, given_up: int, worst_late_s: float, late_p99_s: float) -> None:
        """Written once a second, and with that it says that the process is well."""
        self._words[_GIVEN_UP] = given_up
        self._floats[_WORST], self._floats[_P99] = worst_late_s, late_p99_s
        self._words[_BEATS] += 1

    @property
    def beats(self) -> int:
        return self._words[_BEATS]

    @property
    def given_up(self) -> int:
        return self._words[_GIVEN_UP]

    @property
    def worst_late_s(self) -> float:
        return self._floats[_WORST]

    @property
    def late_p99_s(self) -> float:
        return self._floats[_P99]
