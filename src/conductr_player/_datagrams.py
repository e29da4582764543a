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
    milliseconds for each of a thousand guilds. This takes a microsecond more than that call (docs/decisions/0009).
    """
    call = _call()
    if call is None:
        return udp.send
    fileno, flags = udp.fileno, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL

    def send(datagram: bytes) -> None:
        if call(fileno(), datagram, len(datagram), flags) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return send


@cache
def _call() -> Any:
    """The C library's `send`, called with the lock held (PyDLL, not CDLL); None where that is not to be had."""
    if sys.platform != "linux" or sys.implementation.name != "cpython":
        return None
    send = ctypes.PyDLL(None, use_errno=True).send
    send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    send.restype = ctypes.c_ssize_t
    return send
