"""RtpSender: a PacketSink that sends Opus packets as Discord's encrypted RTP. Extra `conductr-player[rtp]`.

The format is "rtpsize" of Discord's topics/voice-connections: an RTP header of 12 bytes in the clear, which the
cipher vouches for; the packet sealed, with a tag of 16 bytes; the 32-bit nonce at the end, zero-padded for the cipher.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from functools import cache
from operator import length_hint
from struct import Struct
from threading import Lock
from typing import Final, Protocol

from ._datagrams import Way, way_that_keeps_lock
from .errors import CipherMissing, OutputError
from .native.library import library
from .native.senders import REFUSED, SPENT, TAKEN, NativeSender
from .packets.opus import FRAME_SAMPLES

AES: Final = "aead_aes256_gcm_rtpsize"
XCHACHA: Final = "aead_xchacha20_poly1305_rtpsize"
KEY_BYTES: Final = 32
NONCES: Final = 2**32  # under one key: 2.7 years of packets
REFUSED_AFTER: Final = 50  # packets in a row, 1 s

Protect = Callable[[bytes], bytes | None]
"""Encrypts a packet end to end (DAVE). None: it cannot now, and the packet is offered again at the next tick."""

_HEADER: Final = Struct(">HHII").pack
_PADDING: Final = bytes(8)  # makes the nonce of four bytes AES-GCM's twelve
_KIND: Final = 0x8078  # RTP version 2; payload type 120, which is Discord's Opus
_GONE: Final = frozenset({errno.EBADF, errno.ENOTCONN, errno.ENOTSOCK, errno.EDESTADDRREQ, errno.EPIPE})


class _Cipher(Protocol):
    """Seals packets under one key."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """`data` sealed, with its tag; the nonce has twelve bytes."""
        ...


class RtpSender:
    """Sends on a connected, non-blocking UDP socket, which stays its owner's.

    A packet that the network does not take (refused, buffer full, too big, no route) is lost, as UDP loses packets:
    it is counted in `dropped`, and RTP time goes on. False where the socket is closed or was never connected, where
    `protect` gives None, and once REFUSED_AFTER packets in a row were lost: that is no network any more, and who
    counts what was sent is to see it. One count makes RTP's number, RTP's time and the nonce: a gap is the same in all
    three. It is for one thread at a time, but a call that hangs while another begins does no harm.

    `keeps_lock` is for a pacer's thread beside a busy event loop: a datagram then costs a little more, and no
    wait for Python's lock.

    Where the compiled library is there, AES-256-GCM and sending are done by it, which also spares a pacer the call
    (`native`). It never waits for the socket, and has a descriptor of its own for it. `by_library=False` is for
    comparison: then all is done from Python.

    No nonce may come twice under one key: a sender that takes over a key begins at the other's `next_nonce`.
    Raises ValueError for an unknown mode or a key of the wrong length, CipherMissing where a library is not
    installed, and, at a packet for which no nonce is left, OutputError.
    """

    # A thousand guilds have their turn in between, so each object that a packet touches comes from slow memory:
    # the cipher and the socket are called by name, with neither a closure nor a bound method kept for it.
    __slots__ = (
        "_at",
        "_call",
        "_cipher",
        "_dropped",
        "_lost_last",
        "_mode",
        "_native",
        "_nonces",
        "_protect",
        "_refused",
        "_setting",
        "_ssrc",
        "_udp",
        "_way",
    )

    def __init__(
        self,
        udp: socket.socket,
        mode: str,
        key: bytes,
        ssrc: int,
        *,
        protect: Protect | None = None,
        next_nonce: int = 0,
        keeps_lock: bool = False,
        by_library: bool = True,
    ) -> None:
        self._mode, self._ssrc = mode, ssrc
        _check(mode, key)
        found = library() if by_library and mode == AES and next_nonce < NONCES else None
        self._native = found and NativeSender.open(found, udp, key, ssrc, next_nonce, keeps_lock=keeps_lock)
        self._at = None
        self._setting = Lock()
        self.protect = protect
        if self._native is not None:
            self._at, self._call, self._udp = self._native.at, self._native.call, udp
            return
        self._cipher = _CIPHERS[mode](key)
        self._way: Way = way_that_keeps_lock(udp) if keeps_lock else udp
        self._nonces = iter(range(next_nonce, NONCES))  # taken from by one call in C: no two threads get the same
        self._lost_last, self._refused = -1, 0  # the nonce of what was lost last, and how many in a row by then
        self._dropped = 0

    def __call__(self, packet: bytes) -> bool:
        if (protect := self._protect) is not None:
            protected = protect(packet)
            if protected is None:
                return False
            packet = protected
        if (at := self._at) is not None:
            if type(packet) is not bytes:  # C takes an address as it is given
                packet = bytes(memoryview(packet))
            if self._udp.fileno() < 0:
                return False
            outcome = self._call(at, packet, len(packet))
            return outcome == TAKEN if outcome >= REFUSED else _failed(outcome)
        nonce = next(self._nonces, None)  # before anything can fail: one may be left out, never used again
        if nonce is None:
            return _failed(SPENT)
        try:
            tail = nonce.to_bytes(4, "big")
            header = _HEADER(_KIND, nonce & 0xFFFF, nonce * FRAME_SAMPLES & 0xFFFFFFFF, self._ssrc)
            self._way.send(header + self._cipher.encrypt(tail + _PADDING, packet, header) + tail)
        except OSError as error:
            return self._lost(error, nonce)
        return True

    @property
    def next_nonce(self) -> int:
        return NONCES - length_hint(self._nonces) if self._native is None else self._native.state.next_nonce

    @property
    def dropped(self) -> int:
        """How many packets were lost that counted as sent."""
        return self._dropped if self._native is None else self._native.state.dropped

    @property
    def protect(self) -> Protect | None:
        """May be set at any time, by any thread: from the next packet on."""
        return self._protect

    @protect.setter
    def protect(self, protect: Protect | None) -> None:
        with self._setting:  # both or neither: a seat that rides must not send in plain what shall be protected
            self._protect = protect
            if self._native is not None:
                self._native.state.by_python = protect is not None

    @property
    def native(self) -> NativeSender | None:
        """By which packets may be sent without this object: not where they are protected, or not by the library.

        It is the same for as long as this object lives: whoever holds it counts the nonces.
        """
        return self._native if self._protect is None else None

    def __repr__(self) -> str:
        return f"<RtpSender ssrc={self._ssrc} {self._mode} next_nonce={self.next_nonce} dropped={self.dropped}>"

    def _lost(self, error: OSError, nonce: int) -> bool:
        if error.errno in _GONE:
            return False
        self._refused = self._refused + 1 if nonce == self._lost_last + 1 else 1
        self._lost_last = nonce
        if self._refused > REFUSED_AFTER:
            return False
        self._dropped += 1
        return True


def _failed(outcome: int) -> bool:
    if outcome == SPENT:
        raise OutputError("every nonce of this voice key is used up; connect anew")
    raise OutputError("the cipher does not do its work")


@cache
def quickest_modes() -> tuple[str, ...]:
    """The modes that can be spoken here, the quicker first: measured once, in two milliseconds.

    That is AES-256-GCM unless the processor has no instructions for it. Empty where no library is installed.
    """
    costs = dict[str, float]()
    for mode in (AES, XCHACHA):
        try:
            cipher = _CIPHERS[mode](bytes(KEY_BYTES))
        except CipherMissing:
            continue
        costs[mode] = min(_seconds_for_a_few(cipher) for _ in range(10))
    return tuple(sorted(costs, key=costs.__getitem__))


def _seconds_for_a_few(cipher: _Cipher) -> float:
    began = time.perf_counter()
    for nonce in range(20):
        cipher.encrypt(nonce.to_bytes(12, "big"), bytes(400), bytes(12))
    return time.perf_counter() - began


class _XChaCha:
    __slots__ = ("_encrypt", "_key")

    def __init__(self, key: bytes) -> None:
        try:
            from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise CipherMissing("PyNaCl") from error
        self._encrypt, self._key = encrypt, key

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        return self._encrypt(data, associated_data, nonce.ljust(24, b"\0"), self._key)


def _aes(key: bytes) -> _Cipher:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise CipherMissing("cryptography") from error
    return AESGCM(key)


_CIPHERS: Final[dict[str, Callable[[bytes], _Cipher]]] = {AES: _aes, XCHACHA: _XChaCha}


def _check(mode: str, key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a voice key has {KEY_BYTES} bytes, not {len(key)}")
    if mode not in _CIPHERS:
        raise ValueError(f"an encryption mode that is not spoken here: {mode}")
