"""One identify at the voice gateway: its key, its stream of packets, and what a resume must send again."""

from __future__ import annotations

import json
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

from attrs import Factory, define, frozen

from .crypto import BadPacket, open_packet

if TYPE_CHECKING:
    from .call import Call
    from .wire import Wire

REPLAY_LIMIT = 500  # messages kept for a resume


@frozen
class Packet:
    """One RTP packet as it came. `received_at` is the kernel's time, seconds since 1970; `payload` one Opus packet.

    `e2ee`: it was encrypted end to end as well, and a human in the call has opened it.
    """

    received_at: float
    seq: int
    timestamp: int
    nonce: int
    ssrc: int
    payload: bytes
    e2ee: bool = False


@define(eq=False)
class VoiceSession:
    """`open` turns False when the session can no longer be resumed; packets that come then are late."""

    call: Call
    ssrc: int
    token: str
    session_id: str
    dave_version: int
    wire: Wire | None
    key: bytes = Factory(lambda: secrets.token_bytes(32))
    mode: str | None = None
    open: bool = True
    resumed: int = 0
    close_codes: list[int] = Factory(list)
    _seq: int = -1
    _sent: deque[tuple[int, str | bytes]] = Factory(lambda: deque(maxlen=REPLAY_LIMIT))
    _nonces: set[int] = Factory(set)

    def send(self, op: int, data: Any, *, keep: bool = True) -> None:
        """Numbered and kept for a resume unless `keep` is False (hello, heartbeat acks, resumed)."""
        payload = {"op": op, "d": data}
        if keep:
            self._seq += 1
            payload["seq"] = self._seq
        self._pass_on(json.dumps(payload), keep)

    def send_binary(self, op: int, body: bytes) -> None:
        self._seq += 1
        self._pass_on(self._seq.to_bytes(2, "big") + bytes([op]) + body, keep=True)

    def _pass_on(self, frame: str | bytes, keep: bool) -> None:
        if keep:
            self._sent.append((self._seq, frame))
        if self.wire is not None:
            self.wire.send(frame)

    def resume_on(self, wire: Wire, seen_seq: int) -> None:
        """Takes the new connection over: resumed, then everything the client has missed."""
        if self.wire is not None and self.wire is not wire:
            self.wire.abort()
        self.wire = wire
        self.resumed += 1
        self.send(9, None, keep=False)
        for seq, frame in self._sent:
            if seq > seen_seq:
                wire.send(frame)

    def end(self, code: int) -> None:
        """Closes for good."""
        self.open = False
        if self.wire is not None:
            self.wire.close(code)

    def take(self, datagram: bytes, received_at: float) -> None:
        """One datagram with this session's ssrc, in the UDP thread. BadPacket when it cannot be opened."""
        if self.mode is None:
            raise BadPacket(f"ssrc {self.ssrc}: audio before a session description")
        opened = open_packet(self.mode, self.key, datagram)
        if opened.nonce in self._nonces:
            raise BadPacket(f"ssrc {self.ssrc}: nonce {opened.nonce} used twice under one key")
        self._nonces.add(opened.nonce)
        heard = self.call.dave.open(opened.payload)
        packet = Packet(received_at, opened.seq, opened.timestamp, opened.nonce, opened.ssrc, *heard)
        self.call.take(packet, late=not self.open)
