"""The UDP side of voice: IP discovery and audio, in a thread of its own with the kernel's receive times."""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from typing import Protocol

from .crypto import BadPacket, is_rtcp, ssrc_of
from .watch import Journal, Watch

SO_TIMESTAMPNS = 35  # Linux, asm-generic/socket.h; Python has no name for it
RECEIVE_BUFFER = 4 * 1024 * 1024  # bytes: a busy test machine may leave the thread waiting
DISCOVERY_BYTES = 74


class Stream(Protocol):
    """Who takes the audio of one ssrc."""

    def take(self, datagram: bytes, received_at: float) -> None: ...


class UdpServer:
    """Counts on nothing but the ssrc; a stream that is unknown goes to the journal."""

    def __init__(self, watch: Watch, journal: Journal) -> None:
        self._watch = watch
        self._journal = journal
        self._streams: dict[int, Stream] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if sys.platform == "linux":
            self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.discoveries = 0
        self._thread = threading.Thread(target=self._listen, name="emulated-voice-udp", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Everything that has arrived before is still taken."""
        self._socket.sendto(b"", ("127.0.0.1", self.port))  # wakes the thread
        self._thread.join()
        self._socket.close()

    def add(self, ssrc: int, stream: Stream) -> None:
        self._streams[ssrc] = stream

    def _listen(self) -> None:
        while True:
            datagram, extras, _, sender = self._socket.recvmsg(4096, 128)
            if not datagram and sender[1] == self.port:
                return
            try:
                self._take(datagram, _received_at(extras), sender)
            except BadPacket as fault:
                self._journal.errors.append(f"udp: {fault}")
                self._watch.tell_from_thread()

    def _take(self, datagram: bytes, received_at: float, sender: tuple[str, int]) -> None:
        if len(datagram) == DISCOVERY_BYTES and datagram[:4] == b"\x00\x01\x00\x46":
            self._discover(datagram, sender)
        elif not is_rtcp(datagram):
            stream = self._streams.get(ssrc_of(datagram))
            if stream is None:
                raise BadPacket(f"unknown ssrc {ssrc_of(datagram)}")
            stream.take(datagram, received_at)

    def _discover(self, request: bytes, sender: tuple[str, int]) -> None:
        (ssrc,) = struct.unpack_from(">I", request, 4)
        if ssrc not in self._streams:
            raise BadPacket(f"IP discovery for unknown ssrc {ssrc}")
        self.discoveries += 1
        address, port = sender
        self._socket.sendto(struct.pack(">HHI64sH", 2, 70, ssrc, address.encode(), port), sender)


def _received_at(extras: list[tuple[int, int, bytes]]) -> float:
    """The kernel's time of arrival in seconds since 1970; on other systems than Linux, ours."""
    for level, kind, data in extras:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= 16:
            seconds, nanoseconds = struct.unpack_from("qq", data)
            return seconds + nanoseconds / 1e9
    return time.time()
