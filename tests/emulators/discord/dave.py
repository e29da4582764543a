"""End-to-end encryption of a call: none, as in a Stage channel, or DAVE with fake humans who listen."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

import davey

from .delivery import ANNOUNCE_COMMIT, COMMIT_WELCOME, EXTERNAL_SENDER, KEY_PACKAGE, VERSION, WELCOME, Delivery
from .mls import BadMls

if TYPE_CHECKING:
    from .model import User
    from .voice_session import VoiceSession

TRANSITION_TIMEOUT_S = 2.0  # the server goes over without those that never got ready (whitepaper)
READY, INVALID = 23, 31
MARKER = b"\xfa\xfa"  # the end of an encrypted frame


class NoDave:
    """The policy of a call without DAVE. A policy with DAVE overrides every hook.

    `version` is the highest protocol the server offers; `required` closes clients without it (4017).
    `open` runs in the UDP thread, everything else in the loop.
    """

    version = 0
    required = False

    def identified(self, session: VoiceSession, channel_id: int) -> None:
        """The client has identified itself; its description is still to come."""

    def described(self, session: VoiceSession, channel_id: int, others: list[int]) -> None:
        """The client has got its session description (op 4), in this channel, with these humans."""

    def receive_binary(self, session: VoiceSession, op: int, body: bytes) -> bool:
        """True when the message was understood."""
        return False

    def receive(self, session: VoiceSession, op: int, data: dict[str, Any]) -> bool:
        """True when the message was understood."""
        return False

    def human_joined(self, user: User) -> None: ...

    def human_left(self, user: User) -> None: ...

    def bot_left(self) -> None: ...

    def open(self, payload: bytes) -> tuple[bytes, bool]:
        """The Opus packet inside one packet's payload, and whether it was encrypted end to end."""
        return payload, False


class Human:
    """A listener in the call: a real DAVE session, in this process. `take` gives its answers, (op, body)."""

    def __init__(self, user_id: int, channel_id: int) -> None:
        self._session = davey.DaveSession(VERSION, user_id, channel_id)
        self._place = user_id, channel_id
        self._lock = threading.Lock()  # audio comes in the UDP thread

    def take(self, op: int, body: Any) -> list[tuple[int, Any]]:
        with self._lock:
            match op:
                case 25:
                    self._session.set_external_sender(body)
                    return [(KEY_PACKAGE, self._session.get_serialized_key_package())]
                case 24:
                    self._session.reinit(VERSION, *self._place)
                    return [(KEY_PACKAGE, self._session.get_serialized_key_package())]
                case 27:
                    made = self._session.process_proposals(davey.ProposalsOperationType.append, body[1:])
                    return [(COMMIT_WELCOME, made.commit + (made.welcome or b""))] if made else []
                case 29 | 30:
                    learn = self._session.process_commit if op == 29 else self._session.process_welcome
                    learn(body[2:])
                    return [(READY, {"transition_id": int.from_bytes(body[:2], "big")})]
                case _:
                    return []

    def hear(self, speaker: int, payload: bytes) -> bytes | None:
        """None when this human cannot decrypt it."""
        with self._lock:
            try:
                return self._session.decrypt(speaker, davey.MediaType.audio, payload)
            except Exception:  # noqa: BLE001 - davey raises whatever Rust said; to the listener it is all noise
                return None

    @property
    def privacy_code(self) -> str | None:
        return self._session.voice_privacy_code

    @property
    def is_ready(self) -> bool:
        return self._session.ready


class Dave(NoDave):
    """DAVE 1. `committer` says whose commit is let through when both could: the bot's or the humans'.

    `failures` are encrypted payloads that none of the humans in the call could open.
    """

    version = VERSION
    required = True

    def __init__(self, bot_id: int, committer: Literal["bot", "human"] = "human") -> None:
        self._bot_id = bot_id
        self.committer = committer
        self.humans: dict[int, Human] = {}
        self.delivery: Delivery | None = None
        self.early_sender = False  # op 25 before op 4, as Discord's documentation allows
        self.spoils = 0  # so many commits or welcomes to the bot are made unreadable
        self.failures: list[bytes] = []
        self.faults: list[str] = []
        self._channel_id = 0
        self._session: VoiceSession | None = None
        self._inbox: deque[tuple[int, int, Any]] = deque()

    @property
    def is_encrypted(self) -> bool:
        """The bot is in an established group, and every transition is done."""
        delivery = self.delivery
        return delivery is not None and self._bot_id in delivery.leaves and not delivery.unready

    def described(self, session: VoiceSession, channel_id: int, others: list[int]) -> None:
        if session.dave_version == 0:
            return
        known = self.delivery
        self._found(channel_id)
        assert self.delivery is not None
        if self.delivery is known and self._session is not None:
            self.delivery.leave(self._bot_id)
        self._session = session
        for gone in set(self.humans) - set(others):
            self._exit(gone)
        for user_id in others:
            self._enter(user_id)
        self.delivery.enter(self._bot_id)
        self._work_off()

    def identified(self, session: VoiceSession, channel_id: int) -> None:
        if self.early_sender and session.dave_version:
            self._found(channel_id)
            assert self.delivery is not None
            session.send_binary(EXTERNAL_SENDER, self.delivery.sender_package)

    def receive_binary(self, session: VoiceSession, op: int, body: bytes) -> bool:
        return self._from_bot(session, op, body)

    def receive(self, session: VoiceSession, op: int, data: dict[str, Any]) -> bool:
        return self._from_bot(session, op, data)

    def human_joined(self, user: User) -> None:
        if self.delivery is not None:
            self._enter(user.id)
            self._work_off()

    def human_left(self, user: User) -> None:
        self._exit(user.id)

    def bot_left(self) -> None:
        if self.delivery is not None and self._session is not None:
            self._session = None
            self.delivery.leave(self._bot_id)
            self._work_off()

    def open(self, payload: bytes) -> tuple[bytes, bool]:
        if not payload.endswith(MARKER):
            return payload, False
        for human in list(self.humans.values()):
            if (heard := human.hear(self._bot_id, payload)) is not None:
                return heard, True
        if self.humans:
            self.failures.append(payload)
        return payload, False

    def _found(self, channel_id: int) -> None:
        """A group for this channel, unless there is one."""
        if self.delivery is None or channel_id != self._channel_id:
            self.humans = {}
            self._channel_id = channel_id
            self.delivery = Delivery(channel_id, self._deliver)

    def _enter(self, user_id: int) -> None:
        if user_id not in self.humans and self.delivery is not None:
            self.humans[user_id] = Human(user_id, self._channel_id)
            self.delivery.enter(user_id)
            self._work_off()

    def _exit(self, user_id: int) -> None:
        if self.humans.pop(user_id, None) is not None and self.delivery is not None:
            self.delivery.leave(user_id)
            self._work_off()

    def _from_bot(self, session: VoiceSession, op: int, body: Any) -> bool:
        if op not in (READY, KEY_PACKAGE, COMMIT_WELCOME, INVALID) or self.delivery is None:
            return False
        if session is self._session:
            self._inbox.append((self._bot_id, op, body))
            self._work_off()
        return True

    def _deliver(self, user_id: int, op: int, body: Any) -> None:
        if user_id == self._bot_id:
            if op == EXTERNAL_SENDER and self.early_sender:
                return  # it is there already
            if op in (ANNOUNCE_COMMIT, WELCOME) and self.spoils:
                self.spoils -= 1
                body = body[:2] + bytes(len(body) - 2)
            if self._session is not None:
                (self._session.send_binary if isinstance(body, bytes) else self._session.send)(op, body)
            return
        human = self.humans.get(user_id)
        for answer, said in human.take(op, body) if human is not None else ():
            self._inbox.append((user_id, answer, said))

    def _work_off(self) -> None:
        """Answers are queued and taken here in turn: what one member says must not interrupt another's message."""
        while self._inbox:
            user_id, op, body = self._inbox.popleft()
            try:
                self._take(user_id, op, body)
            except BadMls as fault:
                self.faults.append(f"op {op} of {user_id}: {fault}")

    def _take(self, user_id: int, op: int, body: Any) -> None:
        delivery = self.delivery
        assert delivery is not None
        if op == KEY_PACKAGE:
            delivery.key_package(user_id, body)
        elif op == COMMIT_WELCOME and not self._is_held_back(user_id):
            if delivery.commit(user_id, body):
                loop = asyncio.get_running_loop()
                loop.call_later(TRANSITION_TIMEOUT_S, delivery.execute, delivery.transition)
        elif op == READY:
            delivery.ready(user_id, body["transition_id"])
        elif op == INVALID:
            self.faults.append(f"{user_id} could not read transition {body['transition_id']}")
            delivery.invalid(user_id)

    def _is_held_back(self, user_id: int) -> bool:
        by_bot = self.committer == "bot" and self.delivery is not None and self.delivery.may_commit(self._bot_id)
        return by_bot and user_id != self._bot_id
