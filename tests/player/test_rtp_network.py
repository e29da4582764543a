"""What the network does to RtpSender: refused, full, too big, closed. From Python and by the library alike."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from typing import Any

import pytest

from conductr_player.rtp import AES, REFUSED_AFTER, RtpSender
from conductr_player.testing import packets

from .wire import KEY, SSRC, Arrived, built, opened, ways, wire


@ways
def test_a_refused_packet_is_lost_and_time_goes_on(keeps_lock: bool, by_library: bool) -> None:
    with wire() as (server, client):
        address = server.getsockname()
        send = RtpSender(client, AES, KEY, SSRC, keeps_lock=keeps_lock, by_library=by_library)
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
def test_a_full_buffer_or_too_big_a_packet_is_a_lost_packet(keeps_lock: bool, by_library: bool) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(False)
        send = RtpSender(ours, AES, KEY, SSRC, keeps_lock=keeps_lock, by_library=by_library)
        while send.dropped < 3:  # nobody reads
            assert send(bytes(1_000))
        kept = send.next_nonce - 3
        assert [opened(AES, theirs.recv(2048)).nonce for _ in range(kept)] == list(range(kept))
    with wire() as (_, client):
        send = RtpSender(client, AES, KEY, SSRC, keeps_lock=keeps_lock, by_library=by_library)
        assert send(bytes(70_000))
        assert send.dropped == 1


@ways
def test_a_refusal_that_lasts_is_no_link_until_it_is_over(keeps_lock: bool, by_library: bool) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(False)
        send = RtpSender(ours, AES, KEY, SSRC, keeps_lock=keeps_lock, by_library=by_library)
        while send.dropped < REFUSED_AFTER:  # nobody reads
            assert send(bytes(1_000))
        assert [send(bytes(1_000)) for _ in range(3)] == [False] * 3
        assert send.dropped == REFUSED_AFTER, "what is offered again is not lost"
        theirs.recv(2048)
        assert send(bytes(1_000))
        assert send(bytes(1_000)), "lost, but it is the first one again"
        assert send.dropped == REFUSED_AFTER + 1


@pytest.mark.parametrize(
    "by_library", [pytest.param(True, marks=built, id="library"), pytest.param(False, id="Python")]
)
def test_calls_that_overlap_never_use_a_nonce_twice(by_library: bool) -> None:
    """They are traced, and each lets go of Python's lock between any two lines.

    From Python a socket that blocks is waited for; the library waits for none, so what finds no room is lost.
    """
    apart, refused = threading.Barrier(4), [0]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)  # full, it makes the sender wait
    with ours, theirs:
        send = RtpSender(ours, AES, KEY, SSRC, by_library=by_library)

        def traced(*_: object) -> Any:
            time.sleep(0)
            return traced

        def often() -> None:
            apart.wait()
            sys.settrace(traced)
            for _ in range(300):
                refused[0] += not send(b"packet")

        threads = [threading.Thread(target=often) for _ in range(4)]
        for thread in threads:
            thread.start()
        nonces = list[int]()
        while any(thread.is_alive() for thread in threads) or len(nonces) + send.dropped + refused[0] < 4 * 300:
            with contextlib.suppress(BlockingIOError):
                nonces.append(opened(AES, theirs.recv(2048, socket.MSG_DONTWAIT)).nonce)
    assert send.next_nonce == 4 * 300
    assert len(set(nonces)) == len(nonces)
    if by_library:
        assert max(nonces) < 4 * 300
    else:
        assert sorted(nonces) == list(range(4 * 300))


@ways
def test_a_closed_or_unconnected_socket_is_no_link(keeps_lock: bool, by_library: bool) -> None:
    with wire() as (_, client):
        send = RtpSender(client, AES, KEY, SSRC, keeps_lock=keeps_lock, by_library=by_library)
        client.close()
        assert not send(b"packet")
        assert send.dropped == 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lonely:
        assert not RtpSender(lonely, AES, KEY, SSRC, keeps_lock=keeps_lock, by_library=by_library)(b"packet")
