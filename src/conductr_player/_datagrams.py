"""Sends a datagram without letting go of Python's lock, so that the next one need not wait for it."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

Send = Callable[[bytes], object]


def sender_of(udp: socket.socket) -> Send:
    """What `udp.send` does; the socket stays its owner's, and is never waited for. Raises OSError as that does.

    `udp.send` gives Python's lock up for each datagram. Beside a busy thread it then waits for the lock, some
    milliseconds for each of a thousand guilds. This costs a little more than that call (docs/decisions/0009).
    """
    found = _calls()
    if found is None:
        return udp.send
    call, errno_at = found
    fileno, flags = udp.fileno, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL

    def send(datagram: bytes) -> None:
        if call(fileno(), datagram, len(datagram), flags) < 0:
            number = errno_at().contents.value  # nothing has run in this thread since, and no other could
            raise OSError(number, os.strerror(number))

    return send


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
