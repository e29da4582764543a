"""Interactions: what a member starts, how the bot must answer, and in what time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from attrs import Factory, define

from .errors import ApiError, bad_form, unknown
from .limits import check_choices, check_modal
from .messages import EPHEMERAL, LOADING, SLASH_ANSWER, Message, MessageBoard, Upload
from .model import Channel, Guild, User, new_id
from .payloads import Json
from .watch import Watch

ACK_WINDOW_S = 3.0  # interactions/receiving-and-responding
TOKEN_LIFE_S = 900.0


class Kind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Answer(IntEnum):
    MESSAGE = 4
    DEFERRED = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


ALLOWED = {
    Kind.COMMAND: {Answer.MESSAGE, Answer.DEFERRED, Answer.MODAL},
    Kind.COMPONENT: {Answer.MESSAGE, Answer.DEFERRED, Answer.DEFERRED_UPDATE, Answer.UPDATE, Answer.MODAL},
    Kind.AUTOCOMPLETE: {Answer.CHOICES},
    Kind.MODAL: {Answer.MESSAGE, Answer.DEFERRED, Answer.DEFERRED_UPDATE, Answer.UPDATE},
}


@define(eq=False)
class Interaction:
    """One slash command, click, autocomplete or modal, from its dispatch to its last edit.

    Times are seconds since 1970.
    """

    kind: Kind
    guild: Guild
    channel: Channel
    user: User
    data: Json
    source: Message | None
    board: MessageBoard
    watch: Watch
    id: int = Factory(new_id)
    token: str = Factory(lambda: secrets.token_urlsafe(32))
    dispatched_at: float = Factory(time.time)
    acknowledged_at: float | None = None
    answer: Answer | None = None
    callback: Json = Factory(dict)
    original_id: int | None = None
    follow_up_ids: list[int] = Factory(list)
    _known_versions: int = 0

    @property
    def ack_ms(self) -> float:
        """Milliseconds from dispatch to the first answer."""
        if self.acknowledged_at is None:
            raise AssertionError("not acknowledged yet")
        return (self.acknowledged_at - self.dispatched_at) * 1000

    @property
    def deferred(self) -> bool:
        return self.answer in (Answer.DEFERRED, Answer.DEFERRED_UPDATE)

    @property
    def ephemeral(self) -> bool:
        message = self.message
        return message is not None and message.ephemeral

    @property
    def versions(self) -> list[Message]:
        """The original answer as it was at each moment since the interaction; the first may be loading."""
        return [] if self.original_id is None else self.board.history(self.original_id)[self._known_versions :]

    @property
    def message(self) -> Message | None:
        """The original answer as it is now."""
        versions = self.versions
        return versions[-1] if versions else None

    @property
    def edits(self) -> list[Message]:
        """What came after the first content of the original answer."""
        return [version for version in self.versions if not version.loading][1:]

    @property
    def follow_ups(self) -> list[Message]:
        return [self.board.history(id_)[-1] for id_ in self.follow_up_ids if id_ not in self.board.deleted]

    @property
    def deleted(self) -> bool:
        return self.original_id in self.board.deleted

    @property
    def choices(self) -> list[Json]:
        """An autocomplete's answer."""
        return self.callback.get("choices") or []

    # Waiting

    async def acknowledged(self, timeout_s: float = ACK_WINDOW_S) -> Interaction:
        await self.watch.until(lambda: self.acknowledged_at, f"answer to {self.named}", timeout_s)
        return self

    async def reply(self, timeout_s: float = 10) -> Message:
        """The first content of the original answer."""
        return await self.until(lambda message: True, timeout_s)

    async def until(self, fits: Callable[[Message], object], timeout_s: float = 10) -> Message:
        """The first version of the answer, or of a follow-up, that has content and fits."""

        def look() -> Message | None:
            ids = self.follow_up_ids
            everything = self.versions + [version for id_ in ids for version in self.board.history(id_)]
            return next((version for version in everything if not version.loading and fits(version)), None)

        def missing() -> str:
            shown = [version.text for version in self.versions]
            return f"fitting answer to {self.named}; there were {shown}"

        found = await self.watch.until(look, missing, timeout_s)
        assert found is not None
        return found

    async def follow_up(self, timeout_s: float = 10) -> Message:
        await self.watch.until(lambda: self.follow_ups, f"follow-up to {self.named}", timeout_s)
        return self.follow_ups[0]

    @property
    def named(self) -> str:
        return f"{self.kind.name.lower()} {self.data.get('name') or self.data.get('custom_id')}"

    def starts_at_version(self, count: int) -> None:
        self._known_versions = count


class InteractionDesk:
    """Takes the bot's answers and holds them to Discord's rules."""

    def __init__(self, board: MessageBoard, watch: Watch) -> None:
        self._board = board
        self._watch = watch
        self.ack_window_s = ACK_WINDOW_S
        self.token_life_s = TOKEN_LIFE_S
        self.interactions: dict[int, Interaction] = {}

    def open(self, kind: Kind, guild: Guild, channel: Channel, user: User, data: Json, source: Message | None) -> Any:
        interaction = Interaction(kind, guild, channel, user, data, source, self._board, self._watch)
        self.interactions[interaction.id] = interaction
        return interaction

    def callback(self, id_: int, token: str, body: Json, files: Sequence[Upload]) -> Json:
        """The first answer. ApiError 10062 when it is too late or for nobody, 40060 when there was one already."""
        interaction = self.interactions.get(id_)
        now = time.time()
        if interaction is None or not secrets.compare_digest(interaction.token, token):
            raise unknown("interaction", 10062)
        if interaction.acknowledged_at is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if now - interaction.dispatched_at > self.ack_window_s:
            raise unknown("interaction", 10062)
        answer = body.get("type")
        if answer not in ALLOWED[interaction.kind]:
            raise bad_form("type", "BASE_TYPE_CHOICES", f"Type {answer} does not answer {interaction.named}")
        data = body.get("data") or {}
        self._carry_out(interaction, Answer(answer), data, files)
        interaction.answer, interaction.callback, interaction.acknowledged_at = Answer(answer), data, now
        self._watch.tell()
        return self._callback_json(interaction)

    def follow_up(self, token: str, body: Json, files: Sequence[Upload]) -> Message:
        """After a deferred answer the first follow-up fills the loading message."""
        interaction = self._by_token(token)
        waiting = interaction.message
        to_fill = waiting is not None and waiting.loading and not interaction.deleted
        if interaction.answer is Answer.DEFERRED and waiting is not None and to_fill:
            return self._board.edit(waiting.id, body, files)
        message = self._board.post(interaction.guild, interaction.channel, body, files)
        interaction.follow_up_ids.append(message.id)
        self._watch.tell()
        return message

    def message_id(self, token: str, name: str) -> int:
        """`@original` or the id of a message this interaction made. ApiError 10008 for others."""
        interaction = self._by_token(token)
        own = [interaction.original_id, *interaction.follow_up_ids]
        id_ = interaction.original_id if name == "@original" else int(name)
        if id_ is None or id_ not in own:
            raise unknown("Message", 10008)
        return id_

    def _by_token(self, token: str) -> Interaction:
        found = next((one for one in self.interactions.values() if one.token == token), None)
        if found is None or found.acknowledged_at is None or time.time() - found.dispatched_at > self.token_life_s:
            raise unknown("Webhook", 10015)
        return found

    def _carry_out(self, interaction: Interaction, answer: Answer, data: Json, files: Sequence[Upload]) -> None:
        guild, channel, source = interaction.guild, interaction.channel, interaction.source
        if answer in (Answer.MESSAGE, Answer.DEFERRED):
            if answer is Answer.DEFERRED:
                data = {"flags": int(data.get("flags") or 0) & EPHEMERAL | LOADING}
            kind = SLASH_ANSWER if interaction.kind is Kind.COMMAND else 19
            interaction.original_id = self._board.post(guild, channel, data, files, kind=kind).id
        elif answer in (Answer.UPDATE, Answer.DEFERRED_UPDATE):
            if source is None:
                raise bad_form("type", "BASE_TYPE_CHOICES", "There is no message to update")
            interaction.original_id = source.id
            interaction.starts_at_version(len(self._board.history(source.id)))
            if answer is Answer.UPDATE:
                self._board.edit(source.id, data, files)
        elif answer is Answer.CHOICES:
            check_choices(data.get("choices") or [])
        else:
            check_modal(data)

    def _callback_json(self, interaction: Interaction) -> Json:
        answered: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
        message = interaction.message
        if message is None or interaction.answer is Answer.DEFERRED_UPDATE:
            return {"interaction": answered}
        answered |= {"response_message_id": str(message.id), "response_message_loading": message.loading}
        answered |= {"response_message_ephemeral": message.ephemeral}
        resource = {"type": int(interaction.answer or 0), "message": self._board.json(message)}
        return {"interaction": answered, "resource": resource}
