"""One voice connection's packets, sealed and sent by the library."""

from __future__ import annotations

import ctypes
import socket
from typing import Final

from .library import Library, SenderState

TAKEN, REFUSED, SPENT = 1, 0, -1
_ROOM: Final = 2  # a descriptor more a guild: not where they are about to run out


class NativeSender:
    """Sends on a socket that stays its owner's, by a descriptor of its own, which is closed with this object.

    So no number that goes to another file once the owner has closed its socket is ever written to. But we could go
    on, to nobody: who calls looks at `udp` first. `call(at, packet, len(packet))` sends, and answers TAKEN, REFUSED,
    SPENT, or less where the cipher is broken.
    """

    __slots__ = ("_library", "at", "call", "state", "udp")

    def __init__(self, library: Library, udp: socket.socket, at: int, *, keeps_lock: bool) -> None:
        self._library, self.udp = library, udp
        self.at = ctypes.c_void_p(at)
        self.state = SenderState.from_address(at)
        self.call = library.send_locked if keeps_lock else library.send

    @classmethod
    def open(
        cls, library: Library, udp: socket.socket, key: bytes, ssrc: int, next_nonce: int, *, keeps_lock: bool
    ) -> NativeSender | None:
        """None where there is no descriptor to spare."""
        import resource  # noqa: PLC0415 - not on every system, but where the library is

        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if udp.fileno() < 0 or (limit != resource.RLIM_INFINITY and udp.fileno() >= limit // _ROOM):
            return None
        at = library.open(udp.fileno(), key, ctypes.c_uint32(ssrc), ctypes.c_uint32(next_nonce))
        return cls(library, udp, at, keeps_lock=keeps_lock) if at else None

    def __del__(self) -> None:
        self._library.close(self.at)
