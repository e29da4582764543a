"""The server's listening socket, which remembers its connections so that one can be cut on purpose."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import MutableMapping
from typing import Any
from weakref import WeakValueDictionary

from hypercorn.config import Config, Sockets

_LINGER_NOT = struct.pack("ii", 1, 0)  # on, 0 s: closing sends a reset instead of an orderly end


class Listener(socket.socket):
    """A bound TCP socket. Its connections stay reachable by the client's address for as long as they live."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self._accepted: WeakValueDictionary[Any, socket.socket] = WeakValueDictionary()
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.bind((host, port))
            self.listen(128)
        except OSError:
            self.close()
            raise

    @property
    def port(self) -> int:
        return int(self.getsockname()[1])

    def accept(self) -> tuple[socket.socket, Any]:
        connection, address = super().accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._accepted[address] = connection
        return connection, address

    def cut(self, scope: MutableMapping[str, Any]) -> None:
        """Breaks the connection that an ASGI scope came by, without another byte."""
        client = scope.get("client")
        if client is not None and (connection := self._accepted.get(tuple(client))) is not None:
            _cut(connection)

    def cut_all(self) -> None:
        for connection in list(self._accepted.values()):
            _cut(connection)


def _cut(connection: socket.socket) -> None:
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was gone already


class ListenerConfig(Config):
    """Hypercorn's settings for one listener that is already bound."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener
        self.accesslog = None
        self.errorlog = logging.getLogger("suno_client.sandbox.http")
        self.graceful_timeout = 1.0
        self.keep_alive_timeout = 75.0
        self.include_server_header = False

    def create_sockets(self) -> Sockets:
        return Sockets([], [self._listener], [])
