"""Real DAVE sessions: each guild's bot and one listener in an MLS group, by the tests' delivery service."""

from __future__ import annotations

from collections import deque
from typing import Any

import davey
from emulators.discord.delivery import COMMIT_WELCOME, KEY_PACKAGE, VERSION, Delivery

BOT, LISTENER = 1, 2


class Member:
    """One end: answers the delivery service as a Discord client does."""

    def __init__(self, user_id: int, channel_id: int) -> None:
        self.session = davey.DaveSession(VERSION, user_id, channel_id)

    def answer(self, op: int, body: Any) -> tuple[int, bytes] | None:
        match op:
            case 25:
                self.session.set_external_sender(body)
                return KEY_PACKAGE, self.session.get_serialized_key_package()
            case 27:
                made = self.session.process_proposals(davey.ProposalsOperationType.append, body[1:])
                return (COMMIT_WELCOME, made.commit + (made.welcome or b"")) if made else None
            case 29:
                self.session.process_commit(body[2:])
            case 30:
                self.session.process_welcome(body[2:])
        return None


def session_in_a_call(channel_id: int) -> davey.DaveSession:
    """The bot's session, ready to encrypt. The listener is proven to hear it, and is let go."""
    members = {user_id: Member(user_id, channel_id) for user_id in (BOT, LISTENER)}
    answers = deque[tuple[int, int, bytes]]()

    def deliver(user_id: int, op: int, body: Any) -> None:
        if said := members[user_id].answer(op, body):
            answers.append((user_id, *said))

    service = Delivery(channel_id, deliver)
    for user_id in members:
        service.enter(user_id)
    while answers:
        user_id, op, body = answers.popleft()
        service.key_package(user_id, body) if op == KEY_PACKAGE else service.commit(user_id, body)
    bot, listener = members[BOT].session, members[LISTENER].session
    packet = bytes([0xFC]) + bytes(range(100))
    heard = listener.decrypt(BOT, davey.MediaType.audio, bot.encrypt_opus(packet))
    if not (bot.ready and heard == packet):
        raise RuntimeError("the two ends do not understand each other")
    return bot
