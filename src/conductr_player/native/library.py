"""The compiled library, found and checked once: its functions and structures as ctypes sees them."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from attrs import frozen

SWITCH: Final = "CONDUCTR_PLAYER_NATIVE"  # "0": Python sends; a path: that library
VERSION: Final = 2  # of round.c
_BESIDE: Final = Path(__file__).with_name("round.so")
_log = logging.getLogger(__name__)


class SenderState(ctypes.Structure):
    """`struct sender`."""

    _fields_ = (
        ("cipher", ctypes.c_void_p),
        ("next_nonce", ctypes.c_uint64),
        ("lost_last", ctypes.c_int64),
        ("dropped", ctypes.c_uint64),
        ("udp", ctypes.c_int32),
        ("ssrc", ctypes.c_uint32),
        ("refused", ctypes.c_uint32),
        ("busy", ctypes.c_uint32),
        ("by_python", ctypes.c_uint32),
        ("unused", ctypes.c_uint32),
    )


class SeatState(ctypes.Structure):
    """`struct seat`."""

    _fields_ = (
        ("by", ctypes.c_void_p),
        ("bytes", ctypes.c_void_p),
        ("starts", ctypes.c_void_p),
        ("ends", ctypes.c_void_p),
        ("index", ctypes.c_uint64),
        ("stop", ctypes.c_uint64),
        ("board", ctypes.c_void_p),
        ("held", ctypes.c_uint32),
        ("unused", ctypes.c_uint32),
    )


@frozen
class Library:
    """What round.c offers. `send` and `round` let go of Python's lock; `send_locked` keeps it."""

    open: Callable[..., int | None]
    close: Callable[[ctypes.c_void_p], None]
    send: Callable[[ctypes.c_void_p, bytes, int], int]
    send_locked: Callable[[ctypes.c_void_p, bytes, int], int]
    round: Callable[[Any, int, Any], int]


@cache
def library() -> Library | None:
    """None where it is not built, not for this machine, or switched off: then Python does the same."""
    named = os.environ.get(SWITCH, "")
    if named == "0" or sys.platform != "linux" or sys.implementation.name != "cpython":
        return None
    path = Path(named) if named else _BESIDE
    return load(path) if path.exists() else None


def load(path: Path) -> Library | None:
    """None, and a line in the log, where it cannot be used."""
    with suppress(ImportError):  # Python's own OpenSSL first: one of another place must not stand in for it
        import_module("_hashlib")
    try:
        free, locked = ctypes.CDLL(str(path)), ctypes.PyDLL(str(path))
        answer = free.conductr_load()
    except (OSError, AttributeError) as error:
        _log.warning("%s cannot be used; packets are sent from Python: %s", path.name, error)
        return None
    if answer != VERSION << 16 | ctypes.sizeof(SenderState) << 8 | ctypes.sizeof(SeatState):
        why = "it was built from another version" if answer else "there is no OpenSSL"
        _log.warning("%s is not used; packets are sent from Python: %s", path.name, why)
        return None
    locked.conductr_open.restype = ctypes.c_void_p
    # No argument types: a c_void_p, bytes and a small int are right by themselves, and the call is quicker by half.
    return Library(
        locked.conductr_open,
        locked.conductr_close,
        free.conductr_send,
        locked.conductr_send,
        free.conductr_round,
    )
