"""A guild's place in the library's round, and a slot's round itself: who needs no Python is served without it."""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Mapping
from itertools import count
from operator import methodcaller
from typing import Any, Generic, TypeVar

from attrs import define, field, frozen

from .library import Library, SeatState, library
from .senders import NativeSender

Caller = TypeVar("Caller")


@frozen
class Mapped:
    """Addresses: of a file's bytes, and of where each packet starts and ends, 32 bits each. `owner` keeps them."""

    data: int
    starts: int
    ends: int
    owner: object


class Seat:
    """Packets of a mapped file leave from here, one a round, by `NativeSender`, while somebody sits in it.

    Mounted and left by the pacer's thread, or once the pacer calls it no more; held by any thread.
    """

    __slots__ = ("_keeps", "state", "udp")
    _numbers = count(1)
    changes = 0  # another number each time that somebody sits down or leaves, of all seats and pacers

    def __init__(self, board: int = 0) -> None:
        """`board`: the address of two words that other processes read, or 0 (see remote/board.py)."""
        self.state = SeatState(board=board)
        self.udp: socket.socket | None = None
        self._keeps: object = None

    def mount(self, sender: NativeSender, packets: Mapped, index: int, stop: int) -> None:
        """From the next round on, packets `index` to `stop`; after them Python is asked."""
        state, self._keeps, self.udp = self.state, (sender, packets), sender.udp
        state.bytes, state.starts, state.ends = packets.data, packets.starts, packets.ends
        state.index, state.stop, state.held = index, stop, 0
        state.by = sender.at
        Seat.changes = next(Seat._numbers)  # last, so that who sees it sees the rest

    def leave(self) -> None:
        self.state.by = None
        self.udp = self._keeps = None
        Seat.changes = next(Seat._numbers)

    def hold(self) -> None:
        """Let Python look before the next packet."""
        self.state.held = 1

    @property
    def index(self) -> int:
        """The packet that is next."""
        return self.state.index


def new_seat(board: int = 0) -> Seat | None:
    """None where there is no library."""
    return Seat(board) if library() is not None else None


_fileno = methodcaller("fileno")


@define(eq=False)
class Round(Generic[Caller]):
    """Serves the seats of one slot. What it knows of them is kept until others are in the slot."""

    _library: Library | None = field(factory=library)
    _callers: tuple[Caller, ...] | None = None
    _seats: list[Seat] = field(factory=list[Seat])
    _sockets: list[socket.socket] = field(factory=list[socket.socket])  # of the seats that are taken
    _changes: int = -1
    _array: Any = None
    _left: Any = None

    def serve(self, callers: tuple[Caller, ...], seats: Mapping[Caller, Seat]) -> tuple[Caller, ...]:
        """Send a packet for each that rides; returns the others, in order. `seats`: of those that have one."""
        if self._library is None or not seats:
            return callers
        if callers is not self._callers:
            self._know(callers, seats)
        if self._changes != Seat.changes:
            self._changes = Seat.changes
            self._sockets = [seat.udp for seat in self._seats if seat.udp is not None]
        if min(map(_fileno, self._sockets), default=0) < 0:
            self._hold_closed()
        count = self._library.round(self._array, len(callers), self._left)
        if count == len(callers):
            return callers
        left: list[int] = self._left[:count]
        return tuple([callers[place] for place in left])

    def _hold_closed(self) -> None:
        """Whose owner has closed the socket: we could go on, to nobody."""
        for seat in self._seats:
            if seat.udp is not None and seat.udp.fileno() < 0:
                seat.hold()

    def _know(self, callers: tuple[Caller, ...], seats: Mapping[Caller, Seat]) -> None:
        found = [seats.get(each) for each in callers]
        self._seats = [seat for seat in found if seat is not None]
        self._array = (ctypes.c_void_p * len(found))(*[seat and ctypes.addressof(seat.state) for seat in found])
        self._left = (ctypes.c_uint32 * len(found))()
        self._callers, self._changes = callers, -1
