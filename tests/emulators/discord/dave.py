"""End-to-end encryption of a call, as the server sees it. Here: none, as in a Stage channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import User
    from .voice_session import VoiceSession


class NoDave:
    """The policy of a call without DAVE. A policy with DAVE overrides every hook.

    `version` is the highest protocol the server offers; `required` closes clients without it (4017).
    `open` runs in the UDP thread, everything else in the loop.
    """

    version = 0
    required = False

    def described(self, session: VoiceSession) -> None:
        """The client has got its session description (op 4)."""

    def receive_binary(self, session: VoiceSession, op: int, body: bytes) -> bool:
        """True when the message was understood."""
        return False

    def receive(self, session: VoiceSession, op: int, data: dict[str, Any]) -> bool:
        """True when the message was understood."""
        return False

    def human_joined(self, user: User) -> None: ...

    def human_left(self, user: User) -> None: ...

    def bot_left(self) -> None: ...

    def open(self, payload: bytes) -> bytes:
        """The Opus packet inside one packet's payload, heard by somebody in the call."""
        return payload
