"""What RtpSender puts on the wire, opened again by the ciphers' own libraries: from Python and by the library alike."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player import OutputError
from conductr_player.native.library import SWITCH
from conductr_player.rtp import AES, NONCES, XCHACHA, RtpSender, quickest_modes
from conductr_player.testing import packets

from .wire import KEY, SSRC, Arrived, ciphers, opened, wire


@ciphers
def test_what_is_sent_is_opened_by_the_ciphers_own_library(mode: str, by_library: bool) -> None:
    sent = packets(60)
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC, by_library=by_library)
        assert all(send(packet) for packet in sent)
        arrived = [opened(mode, server.recv(2048)) for _ in sent]
    assert arrived == [Arrived(number, number * 960, number, packet) for number, packet in enumerate(sent)]


@ciphers
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
def test_numbers_and_times_turn_over_and_nonces_never_come_twice(
    mode: str, by_library: bool, first: int, count: int
) -> None:
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC, by_library=by_library, next_nonce=first)
        assert all(send(packet) for packet in packets(count))
        arrived = [opened(mode, server.recv(2048)) for _ in range(count)]
    assert [each.nonce for each in arrived] == list(range(first, first + count))
    for before, after in itertools.pairwise(arrived):
        assert after.sequence == (before.sequence + 1) % 2**16
        assert after.timestamp == (before.timestamp + 960) % 2**32
    assert [each.packet for each in arrived] == packets(count)
    assert send.next_nonce == first + count


@ciphers
def test_when_the_nonces_are_used_up_nothing_more_is_sent(mode: str, by_library: bool) -> None:
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC, by_library=by_library, next_nonce=NONCES - 1)
        assert send(b"the last")
        for _ in range(3):
            with pytest.raises(OutputError, match="used up"):
                send(b"one too many")
        assert opened(mode, server.recv(2048)).packet == b"the last"
        server.settimeout(0.02)
        with pytest.raises(TimeoutError):
            server.recv(2048)


@ciphers
def test_a_packet_is_protected_before_it_is_sealed_or_waits(mode: str, by_library: bool) -> None:
    answers: list[bytes | None] = [b"protected one", None, b"protected two"]
    with wire() as (server, client):
        send = RtpSender(client, mode, KEY, SSRC, by_library=by_library, protect=lambda packet: answers.pop(0))
        assert [send(b"one"), send(b"two"), send(b"two")] == [True, False, True]
        assert [opened(mode, server.recv(2048)).packet for _ in range(2)] == [b"protected one", b"protected two"]


@ciphers
def test_the_key_is_in_no_description_or_error(mode: str, by_library: bool) -> None:
    with wire() as (_, client):
        send = RtpSender(client, mode, KEY, SSRC, by_library=by_library)
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
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=os.environ | {SWITCH: "0"}
    )
    assert "pip install 'conductr-player[rtp]'" in done.stdout
