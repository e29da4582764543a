"""The bot's voice in one guild: what arrived, and the ways to break the connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import Factory, define, frozen

from .dave import NoDave
from .model import Guild
from .voice_session import Packet, VoiceSession
from .watch import Journal, Watch

UNRESUMABLE = frozenset({1000, 4004, 4006, 4009, 4011, 4014, 4017, 4021, 4022})
SILENCE = b"\xf8\xff\xfe"  # the frame for pauses (topics/voice-connections)
SPEAKING_WITHIN = 50  # packets: op 5 goes another way and may come a little after the first of them


@frozen
class Speaking:
    """Op 5 from the client. `ssrc` is None where the client leaves it out, as py-cord does."""

    at: float
    bits: int
    ssrc: int | None


@frozen
class VoicePass:
    """What the main gateway handed out and the voice gateway asks for."""

    token: str
    session_id: str
    channel_id: int


@define(eq=False)
class Call:
    """Lives as long as the emulator; joins, moves and reconnects only add to it.

    `packets` came on a session that was alive, `late` on one that no longer was. `joined_at` is the time of
    the op 4 that named the channel, in the clock of `Packet.received_at`.
    """

    guild: Guild
    dave: NoDave
    _watch: Watch
    _journal: Journal
    packets: list[Packet] = Factory(list)
    late: list[Packet] = Factory(list)
    speaking: list[Speaking] = Factory(list)
    sessions: list[VoiceSession] = Factory(list)
    received: list[dict[str, Any]] = Factory(list)
    voice_pass: VoicePass | None = None
    joined_at: float | None = None
    answers_heartbeats: bool = True
    human_ssrcs: dict[int, int] = Factory(dict)

    @property
    def session(self) -> VoiceSession | None:
        """The newest session, if it is still good."""
        newest = self.sessions[-1] if self.sessions else None
        return newest if newest is not None and newest.open else None

    @property
    def is_connected(self) -> bool:
        session = self.session
        return session is not None and session.mode is not None and session.wire is not None

    @property
    def resumes(self) -> int:
        return sum(session.resumed for session in self.sessions)

    @property
    def first_packet_at(self) -> float | None:
        """Of the newest session."""
        if not self.sessions:
            return None
        ssrc = self.sessions[-1].ssrc
        return next((packet.received_at for packet in self.packets if packet.ssrc == ssrc), None)

    @property
    def join_to_first_packet_s(self) -> float | None:
        first = self.first_packet_at
        return None if first is None or self.joined_at is None else first - self.joined_at

    # Waiting

    async def connected(self, timeout_s: float = 10) -> VoiceSession:
        """Session described: the client has its key."""
        await self.until(lambda: self.is_connected, "voice connection", timeout_s)
        return self.sessions[-1]

    async def disconnected(self, timeout_s: float = 10) -> None:
        await self.until(lambda: not self.is_connected, "end of the voice connection", timeout_s)

    async def wait_packets(self, count: int, timeout_s: float = 10) -> list[Packet]:
        """The first `count` packets. See `clear` for counting anew."""
        await self._watch.until(
            lambda: len(self.packets) >= count,
            lambda: f"{count} packets ({len(self.packets)} came)",
            timeout_s,
        )
        return self.packets[:count]

    async def stopped_speaking(self, timeout_s: float = 10) -> None:
        """The last word of the client is `speaking` 0, after audio."""
        await self.until(
            lambda: bool(self.packets and self.speaking and self.speaking[-1].bits == 0),
            "end of speaking",
            timeout_s,
        )

    async def fell_silent(self, timeout_s: float = 10) -> None:
        """The last five packets are silence frames, as at a pause or an end. py-cord says `speaking` 0 before them."""
        await self.until(
            lambda: [packet.payload for packet in self.packets[-5:]] == [SILENCE] * 5, "silence after audio", timeout_s
        )

    async def until(self, look: Callable[[], object], what: str, timeout_s: float = 10) -> None:
        await self._watch.until(look, what, timeout_s)

    def clear(self) -> None:
        """Forgets the packets and speaking events so far."""
        self.packets.clear()
        self.late.clear()
        self.speaking.clear()

    # Faults

    def close(self, code: int) -> None:
        """Closes the voice websocket with this code; 1001, 4015 and unknown ones leave the session resumable."""
        session = self.session
        if session is None:
            raise AssertionError("the bot has no voice session to close")
        if code in UNRESUMABLE:
            session.end(code)
        elif session.wire is not None:
            session.wire.close(code)

    def drop(self) -> None:
        """Cuts the TCP connection of the voice websocket."""
        session = self.session
        if session is None or session.wire is None:
            raise AssertionError("the bot has no voice connection to cut")
        session.wire.abort()

    # For the emulator

    def take(self, packet: Packet, *, late: bool) -> None:
        if late:
            self.late.append(packet)
        else:
            self.packets.append(packet)
            if len(self.packets) == SPEAKING_WITHIN and not any(event.bits for event in self.speaking):
                self._journal.remarks.append(f"{SPEAKING_WITHIN} packets without speaking, ssrc {packet.ssrc}")
        self._watch.tell_from_thread()

    def leave(self, code: int = 4014) -> None:
        self.voice_pass = None
        if self.sessions:
            self.sessions[-1].end(code)
        self.dave.bot_left()
        self._watch.tell()
