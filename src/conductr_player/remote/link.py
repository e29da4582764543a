"""Messages, with file descriptors, between two processes of this machine. Sending never waits."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from attrs import define, field

from conductr_player.errors import OutputError

PIECE: Final = 48_000  # bytes of a message in one datagram; the kernel takes some 200,000 by default
BACKLOG: Final = 16_000_000  # bytes that may wait for the other side
MOST_FDS: Final = 4
_MORE, _LAST = b"\x01", b"\x00"


class LinkBroken(OutputError):
    """The other side is gone, or does not read."""


@define(eq=False)
class Link:
    """One end of a pair of sockets that keep messages apart (SOCK_SEQPACKET), and owns it.

    `send` and `ring` may be called from any thread; the rest by the one that serves it, which waits by `poll`.
    """

    _socket: socket.socket
    _bell: int = field(init=False, factory=lambda: os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))
    _backlog: deque[tuple[bytes, tuple[int, ...]]] = field(init=False, factory=deque[tuple[bytes, tuple[int, ...]]])
    _backlog_bytes: int = field(init=False, default=0)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)
    _pieces: list[bytes] = field(init=False, factory=list[bytes])
    _fds: list[int] = field(init=False, factory=list[int])

    def __attrs_post_init__(self) -> None:
        self._socket.setblocking(False)

    def wait(self, seconds: float) -> None:
        """Until something has come, more can be sent, somebody rings, or the time is over."""
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        poll.register(self._socket, select.POLLIN | (select.POLLOUT if self._backlog else 0))
        poll.poll(max(0.0, seconds) * 1e3)
        with suppress(BlockingIOError):
            os.eventfd_read(self._bell)

    def ring(self) -> None:
        """End a `wait`."""
        os.eventfd_write(self._bell, 1)

    def send(self, message: bytes, fds: Sequence[int] = ()) -> None:
        """Give it to the other side now, or as soon as that reads; the descriptors stay the caller's.

        Raises LinkBroken where too much waits already, or nobody will read it.
        """
        pieces = [message[at : at + PIECE] for at in range(0, len(message), PIECE)] or [b""]
        with self._lock:
            if self._backlog_bytes + len(message) > BACKLOG:
                raise LinkBroken("the other process does not read")
            for number, piece in enumerate(pieces):
                datagram = (_LAST if number == len(pieces) - 1 else _MORE) + piece
                mine = tuple(fds) if number == 0 else ()
                if self._backlog or not self._sent(datagram, mine):
                    self._backlog.append((datagram, tuple(os.dup(fd) for fd in mine)))
                    self._backlog_bytes += len(datagram)
                    self.ring()

    def flush(self) -> None:
        """Send what waits, as far as it goes."""
        with self._lock:
            while self._backlog and self._sent(*self._backlog[0]):
                datagram, fds = self._backlog.popleft()
                self._backlog_bytes -= len(datagram)
                _close(fds)

    def receive(self) -> tuple[bytes, tuple[int, ...]] | None:
        """The next message and its descriptors, which are the caller's; None: not there yet. Raises LinkBroken."""
        while True:
            try:
                data, fds, _, _ = socket.recv_fds(self._socket, PIECE + 1, MOST_FDS)
            except BlockingIOError:
                return None
            except OSError as error:
                raise LinkBroken(f"the other process is gone: {error}") from error
            self._fds += fds
            if not data:
                raise LinkBroken("the other process is gone")
            self._pieces.append(data[1:])
            if data[:1] == _LAST:
                message, taken = b"".join(self._pieces), tuple(self._fds)
                self._pieces, self._fds = [], []
                return message, taken

    def close(self) -> None:
        with self._lock:
            for _, fds in self._backlog:
                _close(fds)
            self._backlog.clear()
            self._backlog_bytes = 0
            _close(self._fds)
            self._fds = []
            if self._socket.fileno() >= 0:
                self._socket.close()
                os.close(self._bell)

    def _sent(self, datagram: bytes, fds: tuple[int, ...]) -> bool:
        try:
            if fds:
                socket.send_fds(self._socket, [datagram], fds)
            else:
                self._socket.send(datagram)
        except BlockingIOError:
            return False
        except OSError as error:
            raise LinkBroken(f"the other process is gone: {error}") from error
        return True


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)
