"""Reading {"code", "msg", "data"}: what a code means, by gateway, family of endpoints, and message (2A.2, 2B). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from suno_client._answers import (
    CREDIT_WORDS,
    MODERATION_WORDS,
    int_of,
    json_of,
    no_envelope,
    object_of,
    pick,
    speaks_of,
)
from suno_client._answers import words_of as words
from suno_client._wire import Answer, Family
from suno_client.errors import (
    RATE_WINDOW_S,
    AlreadyMade,
    BadKey,
    Maintenance,
    Misunderstood,
    OutOfCredits,
    PromptRejected,
    Refused,
    SunoError,
    TooMany,
    Unanswered,
)
from suno_client.models import Task, TaskId, text_of

HASTE_WORDS = ("frequen", "too many", "rate limit", "too fast", "slow down")
FIELD_WORDS = (
    "this field is required",
    "cannot be null",
    "please enter",
)  # whole sayings: a failure may hold the words
EXISTS_WORDS = ("already exist", "already been", "already generated")
LATE = {408, 499}  # somebody stopped waiting: nobody knows how far the gateway had come
MONEY_OR_HASTE = {402, 405, 429, 430, 433}  # codes that gateways use for both; the message decides, where it speaks

Table = Mapping[int, type[Refused]]


@dataclass(frozen=True, slots=True)
class Codes:
    """A gateway's codes by family. From 500 up, what is in no table leaves open whether it was charged.

    `fields_as_500`: a 500 may also say that a field is missing, which surely was not charged (suno.md 2B).
    """

    tables: Mapping[Family, Table]
    fields_as_500: bool = False
    default: Table = field(default_factory=dict[int, type[Refused]])

    def kind(self, family: Family, code: int, reason: str) -> type[Refused] | None:
        """None where the answer is no refusal: the gateway failed, and nobody knows how far it had come."""
        known = self.tables.get(family, self.default).get(code)
        if known is not None and code in MONEY_OR_HASTE and family != "upload":
            if speaks_of(reason, CREDIT_WORDS):
                return OutOfCredits
            return TooMany if speaks_of(reason, HASTE_WORDS) else known
        if code in {400, 409} and speaks_of(reason, EXISTS_WORDS):
            return AlreadyMade
        if code in {400, 413, 422} and speaks_of(reason, MODERATION_WORDS):
            return PromptRejected
        if known is not None:
            return known
        if code >= 500:
            return Refused if self.fields_as_500 and speaks_of(reason, FIELD_WORDS) else None
        return Refused if code >= 400 and code not in LATE else None


COMMON: Table = {
    401: BadKey,
    402: OutOfCredits,
    403: BadKey,
    409: AlreadyMade,
    430: TooMany,
    455: Maintenance,
    531: Refused,  # failed, and the credits were given back
}


def data_of(codes: Codes, answer: Answer, *, family: Family = "A", spends: bool = False) -> object:
    """The envelope's data. Its code is asked first, HTTP's status only where there is no envelope.

    Raises Refused, Unanswered, Misunderstood.
    """
    envelope = object_of(json_of(answer.body))
    code = int_of(envelope.get("code"))
    if code is None:
        raise no_envelope(answer, spends=spends)
    if code != 200:
        raise refusal(codes, family, code, envelope, answer, spends=spends)
    return envelope.get("data")


def refusal(
    codes: Codes, family: Family, code: int, envelope: Mapping[str, object], answer: Answer, *, spends: bool
) -> SunoError:
    reason, status, request_id = words(envelope.get("msg")), answer.status, answer.request_id
    kind = codes.kind(family, code, reason)
    if kind is None:
        why = f"the gateway failed: {code} {reason}".rstrip()
        if code < 400:
            return Misunderstood(
                f"code {code} {reason}".rstrip(), may_be_charged=spends, status=status, request_id=request_id
            )
        return Unanswered(why, may_be_charged=spends, status=status, request_id=request_id)
    if kind is TooMany:
        wait_s = answer.retry_after_s if answer.retry_after_s is not None else RATE_WINDOW_S
        return TooMany(reason, code=code, status=status, request_id=request_id, retry_after_s=wait_s)
    if kind is AlreadyMade:
        made = pick(object_of(envelope.get("data")), "taskId", "task_id")
        task_id = TaskId(text_of(made)) if text_of(made) else None
        return AlreadyMade(reason, code=code, status=status, request_id=request_id, task_id=task_id)
    return kind(reason, code=code, status=status, request_id=request_id)


def read_task(codes: Codes, answer: Answer, *, family: Family = "A") -> Task:
    """Raises Refused, Unanswered, Misunderstood."""
    task_id = text_of(pick(object_of(data_of(codes, answer, family=family, spends=True)), "taskId", "task_id"))
    if not task_id:
        raise nothing(answer, "the gateway says success but names no task", spends=True)
    return Task(TaskId(task_id), answer.request_id)


def nothing(answer: Answer, why: str, *, spends: bool) -> Misunderstood:
    """A success without what it should hold."""
    return Misunderstood(why, may_be_charged=spends, status=answer.status, request_id=answer.request_id)
