"""Sends a datagram without letting go of Python's lock, so that the next one need not wait for it."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from functools import cache
from typing import Any, Protocol

_FLAGS = 0 if sys.platform != "linux" else socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL


class Way(Protocol):
    """Where datagrams go: a socket, or what stands for it."""

    def send(self, data: bytes, /) -> object: ...


def way_that_keeps_lock(udp: socket.socket) -> Way:
    """What sends as `udp` does; the socket stays its owner's, and is never waited for. Raises OSError as that does.

    `udp.send` gives Python's lock up for each datagram. Beside a busy thread it then waits for the lock, some
    milliseconds for each of a thousand guilds. This costs a little more than that call (docs/decisions/0009).
    """
    found = _calls()
    return udp if found is None else _KeepsLock(udp, *found)


class _KeepsLock:
    """One small object a guild: what more it held, a thousand guilds would fetch from slow memory each 20 ms."""

    __slots__ = ("_call", "_errno_at", "_udp")

    def __init__(self, udp: socket.socket, call: Any, errno_at: Any) -> None:
        self._udp, self._call, self._errno_at = udp, call, errno_at

    def send(self, data: bytes, /) -> None:
        if self._call(self._udp.fileno(), data, len(data), _FLAGS) < 0:
            number = self._errno_at().contents.value  # nothing has run in this thread since, and no other could
            raise OSError(number, os.strerror(number))


@cache
def _calls() -> tuple[Any, Any] | None:
    """The C library's `send`, called with the lock held (PyDLL, not CDLL), and where it leaves errno.

    Neither the types of its arguments nor errno are told to ctypes: it has int and bytes right by itself, and
    the call costs a third of a microsecond more than `udp.send` instead of a whole one. None where there is no such
    library.
    """
    if sys.platform != "linux" or sys.implementation.name != "cpython":
        return None
    library = ctypes.PyDLL(None)
    errno_at = library["__errno_location"]
    errno_at.restype = ctypes.POINTER(ctypes.c_int)
    return library.send, errno_at
