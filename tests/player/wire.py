"""What a voice connection has at its far end: the datagrams opened again by the ciphers' own libraries."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from struct import unpack_from

import pytest
from attrs import frozen
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as xchacha_decrypt

from conductr_player.native.library import library
from conductr_player.rtp import AES, XCHACHA

KEY = bytes(range(32))
SSRC = 0x81828384
built = pytest.mark.skipif(library() is None, reason="the library is not built: there is no C compiler, or it is off")
ciphers = pytest.mark.parametrize(
    ("mode", "by_library"),
    [
        pytest.param(AES, True, marks=built, id="AES, library"),
        pytest.param(AES, False, id="AES, Python"),
        pytest.param(XCHACHA, False, id="XChaCha, Python"),
    ],
)
ways = pytest.mark.parametrize(
    ("keeps_lock", "by_library"),
    [
        pytest.param(False, True, marks=built, id="library, lets go"),
        pytest.param(True, True, marks=built, id="library, keeps the lock"),
        pytest.param(False, False, id="Python, lets go"),
        pytest.param(True, False, id="Python, keeps the lock"),
    ],
)


@frozen
class Arrived:
    sequence: int
    timestamp: int
    nonce: int
    packet: bytes


def opened(mode: str, datagram: bytes) -> Arrived:
    """Fails where the tag is wrong, or the header is not that of Discord's RTP."""
    header, sealed, tail = datagram[:12], datagram[12:-4], datagram[-4:]
    assert header[:2] == b"\x80\x78"
    sequence, timestamp, ssrc = unpack_from(">HII", header, 2)
    assert ssrc == SSRC
    if mode == AES:
        packet = AESGCM(KEY).decrypt(tail.ljust(12, b"\0"), sealed, header)
    else:
        packet = xchacha_decrypt(sealed, header, tail.ljust(24, b"\0"), KEY)
    return Arrived(sequence, timestamp, int.from_bytes(tail, "big"), packet)


@contextlib.contextmanager
def wire() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A bound UDP socket, and one that is connected to it as a voice library's is."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        server.bind(("127.0.0.1", 0))
        server.settimeout(2)
        client.connect(server.getsockname())
        client.setblocking(False)
        yield server, client


@contextlib.contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a way that loses nothing while there is room, and whose first end does not block."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(False)
        theirs.settimeout(2)
        yield ours, theirs
