"""What RtpSender puts on the wire, opened again by the ciphers' own libraries; and what the network does to it."""

from __future__ import annotations

import contextlib
import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from struct import unpack_from
from typing import Any

import pytest
from attrs import frozen
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as xchacha_decrypt

from conductr_player import OutputError
from conductr_player.rtp import AES, NONCES, REFUSED_AFTER, XCHACHA, RtpSender, quickest_modes
from conductr_player.testing import packets

KEY = bytes(range(32))
SSRC = 0x81828384
modes = pytest.mark.parametrize("mode", [AES, XCHACHA])
ways = pytest.mark.parametrize("keeps_lock", [False, True], ids=["lets go", "keeps the lock"])


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


@modes
def test_what_is_sent_is_opened_by_the_ciphers_own_library(mode: str) -> None:
    sent = packets(60)
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC)
        assert all(send(packet) for packet in sent)
        arrived = [opened(mode, server.recv(2048)) for _ in sent]
    assert arrived == [Arrived(number, number * 960, number, packet) for number, packet in enumerate(sent)]


@modes
@given(
    first=st.one_of(
        st.integers(0, NONCES - 20),
        st.integers(1, 4).map(lambda turn: turn * 2**16 - 5),  # RTP's number turns over
        st.integers(1, 900).map(lambda turn: turn * 2**32 // 960 - 5),  # RTP's time turns over
        st.just(NONCES - 20),
    ),
    count=st.integers(2, 20),
)
@settings(max_examples=60, deadline=None)
def test_numbers_and_times_turn_over_and_nonces_never_come_twice(mode: str, first: int, count: int) -> None:
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC, next_nonce=first)
        assert all(send(packet) for packet in packets(count))
        arrived = [opened(mode, server.recv(2048)) for _ in range(count)]
    assert [each.nonce for each in arrived] == list(range(first, first + count))
    for before, after in itertools.pairwise(arrived):
        assert after.sequence == (before.sequence + 1) % 2**16
        assert after.timestamp == (before.timestamp + 960) % 2**32
    assert [each.packet for each in arrived] == packets(count)
    assert send.next_nonce == first + count


@modes
def test_when_the_nonces_are_used_up_nothing_more_is_sent(mode: str) -> None:
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC, next_nonce=NONCES - 1)
        assert send(b"the last")
        for _ in range(3):
            with pytest.raises(OutputError, match="used up"):
                send(b"one too many")
        assert opened(mode, server.recv(2048)).packet == b"the last"
        server.settimeout(0.02)
        with pytest.raises(TimeoutError):
            server.recv(2048)


@ways
def test_a_refused_packet_is_lost_and_time_goes_on(keeps_lock: bool) -> None:
    with wire() as (server, client):
        address = server.getsockname()
        send = RtpSender(client, AES, KEY, SSRC, keeps_lock=keeps_lock)
        server.close()  # the next packet is answered by ICMP, and the one after it refused by our own kernel
        assert [send(packet) for packet in packets(4)] == [True] * 4
        assert send.dropped == 2
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(address)
            again.settimeout(2)
            with contextlib.suppress(ConnectionRefusedError):
                client.send(b"")  # takes the last refusal away
            send(b"heard again")
            arrived = [again.recv(2048)]
            while not arrived[-1]:
                arrived.append(again.recv(2048))
    assert opened(AES, arrived[-1]) == Arrived(4, 4 * 960, 4, b"heard again")


@ways
def test_a_full_buffer_or_too_big_a_packet_is_a_lost_packet(keeps_lock: bool) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(False)
        send = RtpSender(ours, AES, KEY, SSRC, keeps_lock=keeps_lock)
        while send.dropped < 3:  # nobody reads
            assert send(bytes(1_000))
        kept = send.next_nonce - 3
        assert [opened(AES, theirs.recv(2048)).nonce for _ in range(kept)] == list(range(kept))
    with wire() as (_, client):
        send = RtpSender(client, AES, KEY, SSRC, keeps_lock=keeps_lock)
        assert send(bytes(70_000))
        assert send.dropped == 1


@ways
def test_a_refusal_that_lasts_is_no_link_until_it_is_over(keeps_lock: bool) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(False)
        send = RtpSender(ours, AES, KEY, SSRC, keeps_lock=keeps_lock)
        while send.dropped < REFUSED_AFTER:  # nobody reads
            assert send(bytes(1_000))
        assert [send(bytes(1_000)) for _ in range(3)] == [False] * 3
        assert send.dropped == REFUSED_AFTER, "what is offered again is not lost"
        theirs.recv(2048)
        assert send(bytes(1_000))
        assert send(bytes(1_000)), "lost, but it is the first one again"
        assert send.dropped == REFUSED_AFTER + 1


def test_calls_that_overlap_never_use_a_nonce_twice() -> None:
    """They are traced, and each lets go of Python's lock between any two lines."""
    apart = threading.Barrier(4)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)  # full, it makes the sender wait
    with ours, theirs:
        theirs.settimeout(10)
        send = RtpSender(ours, AES, KEY, SSRC)

        def traced(*_: object) -> Any:
            time.sleep(0)
            return traced

        def often() -> None:
            apart.wait()
            sys.settrace(traced)
            for _ in range(300):
                send(b"packet")

        threads = [threading.Thread(target=often) for _ in range(4)]
        for thread in threads:
            thread.start()
        nonces = [opened(AES, theirs.recv(2048)).nonce for _ in range(4 * 300)]
        for thread in threads:
            thread.join()
    assert sorted(nonces) == list(range(4 * 300))
    assert send.next_nonce == 4 * 300


@ways
def test_a_closed_or_unconnected_socket_is_no_link(keeps_lock: bool) -> None:
    with wire() as (_, client):
        send = RtpSender(client, AES, KEY, SSRC, keeps_lock=keeps_lock)
        client.close()
        assert not send(b"packet")
        assert send.dropped == 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lonely:
        assert not RtpSender(lonely, AES, KEY, SSRC, keeps_lock=keeps_lock)(b"packet")


@modes
def test_a_packet_is_protected_before_it_is_sealed_or_waits(mode: str) -> None:
    answers: list[bytes | None] = [b"protected one", None, b"protected two"]
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC, protect=lambda packet: answers.pop(0))
        assert [send(b"one"), send(b"two"), send(b"two")] == [True, False, True]
        assert [opened(mode, server.recv(2048)).packet for _ in range(2)] == [b"protected one", b"protected two"]


@modes
def test_the_key_is_in_no_description_or_error(mode: str) -> None:
    with wire() as (_, client):
        send = RtpSender(client, mode, KEY, SSRC)
        assert str(SSRC) in repr(send)
        with pytest.raises(ValueError, match="32 bytes") as short:
            RtpSender(client, mode, KEY[:31], SSRC)
        with pytest.raises(ValueError, match="not spoken here: xsalsa20_poly1305") as old:
            RtpSender(client, "xsalsa20_poly1305", KEY, SSRC)
    said = repr(send) + str(short.value) + str(old.value)
    assert KEY.hex()[:16] not in said
    assert repr(KEY)[2:20] not in said


def test_both_modes_are_spoken_the_quicker_first() -> None:
    assert sorted(quickest_modes()) == [AES, XCHACHA]


@pytest.mark.parametrize(("library", "mode"), [("cryptography", AES), ("nacl", XCHACHA)])
def test_where_a_library_is_missing_it_says_what_to_install(library: str, mode: str) -> None:
    """In a process of its own, in which the library cannot be imported."""
    program = f"""
import socket, sys
sys.modules[{library!r}] = None
from conductr_player.rtp import CipherMissing, RtpSender, quickest_modes
assert {mode!r} not in quickest_modes() and len(quickest_modes()) == 1
try:
    RtpSender(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), {mode!r}, bytes(32), 1)
except CipherMissing as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "pip install 'conductr-player[rtp]'" in done.stdout
