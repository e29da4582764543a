"""Sinks as plain values, so that the process of the pacer can open them. No code crosses, only these kinds."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

from attrs import define, field, frozen
from attrs.validators import ge, lt

from conductr_player.errors import OutputError
from conductr_player.pacing.beat import PacketSink

Plain = dict[str, Any]
_LENGTH: Final = struct.Struct(">H")
_KEEPS: Final = 64_000  # bytes that wait for a reader; with more there is no link


@frozen
class RtpSpec:
    """A connected UDP socket, and the key with which packets are sealed for Discord (`RtpSender`).

    The socket stays the caller's. The key is the line's from then on: where a line is closed or lost
    nobody knows which nonce it used last, so connect anew for another.
    """

    udp: socket.socket
    mode: str
    key: bytes = field(repr=False)
    ssrc: int = field(validator=[ge(0), lt(1 << 32)])
    next_nonce: int = field(default=0, validator=[ge(0), lt(1 << 32)])

    def open(self, *, keeps_lock: bool = True) -> PacketSink:
        """See `SinkSpec`. Raises what `RtpSender` raises."""
        from conductr_player.rtp import RtpSender  # noqa: PLC0415 - needs an extra

        return RtpSender(self.udp, self.mode, self.key, self.ssrc, next_nonce=self.next_nonce, keeps_lock=keeps_lock)


@frozen
class StreamSpec:
    """A pipe or a stream socket, by its descriptor: each packet comes with its length before it, 16 bits big-endian.

    The descriptor stays the caller's; it is set not to block. A reader that is 64 kB behind has no link.
    """

    fd: int

    def open(self) -> PacketSink:
        """See `SinkSpec`."""
        os.set_blocking(self.fd, False)
        return _Stream(self.fd)


@define(eq=False)
class _Stream:
    fd: int
    _rest: bytes = b""

    def __call__(self, packet: bytes) -> bool:
        if len(self._rest) > _KEEPS and not self._flush():
            return False
        self._rest += _LENGTH.pack(len(packet)) + packet
        self._flush()
        return True

    def _flush(self) -> bool:
        """Raises OSError where nobody reads any more."""
        try:
            self._rest = self._rest[os.write(self.fd, self._rest) :]
        except BlockingIOError:
            return False
        return len(self._rest) <= _KEEPS


def packets_in(data: bytes) -> list[bytes]:
    """The whole packets of what a `StreamSpec` wrote."""
    found, at = list[bytes](), 0
    while at + 2 <= len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        if at + 2 + length > len(data):
            break
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return found


def to_plain(spec: object) -> tuple[Plain, tuple[int, ...], tuple[bytes, ...]]:
    """A spec as values, descriptors and bytes. Raises OutputError for anything else, as for a callable."""
    match spec:
        case RtpSpec():
            values = {"kind": "rtp", "mode": spec.mode, "ssrc": spec.ssrc, "next_nonce": spec.next_nonce}
            return values, (spec.udp.fileno(),), (spec.key,)
        case StreamSpec():
            return {"kind": "stream"}, (spec.fd,), ()
        case _:
            raise OutputError(
                f"a sink in another process is described by an RtpSpec or StreamSpec, not by a {type(spec).__name__}; "
                "a callable needs a Pacer in this process"
            )


def opened(plain: Plain, fds: tuple[int, ...], blobs: tuple[bytes, ...]) -> tuple[PacketSink, Callable[[], None]]:
    """The sink, and what gives its descriptors back."""
    if plain["kind"] == "rtp":
        udp = socket.socket(fileno=fds[0])
        spec = RtpSpec(udp, plain["mode"], blobs[0], plain["ssrc"], plain["next_nonce"])
        return spec.open(keeps_lock=False), udp.close  # nothing else computes here
    return StreamSpec(fds[0]).open(), lambda: os.close(fds[0])
