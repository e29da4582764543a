"""Callbacks to test a receiver with: each kind and type, in each spelling, signed or not, and always the same. Pure.

    event = webhooks.sample("stems", webhook_key="secret-of-tests")
    failed = webhooks.sample("generation", "error", code=400, reason="The prompt contains sensitive words.")

Post `event.body` with `event.headers` to your receiver, whose clock stands at SIGNED_AT.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, cast

from suno_client.errors import InvalidRequest
from suno_client.models import TaskId

from ._sample_results import MESSAGES, RESULTS, takes_of
from ._told import OK, Body, opened
from .kinds import KINDS, EventKind
from .signatures import kie_headers

Spelling = Literal["gateway", "snake", "camel"]
CallbackType = Literal["text", "first", "complete", "error"]

TASK_ID = TaskId("0123456789abcdef0123456789abcdef")
SIGNED_AT = 1_767_225_600  # the first second of 2026, UTC
REASON = "Internal Error, Please try again later."
CAMEL_ID = {"lyrics", "cover_image", "voice_phrase", "voice", "market"}  # suno.md 2A.6, 2A.8c


@dataclass(frozen=True, slots=True)
class TestEvent:
    """What a gateway would post."""

    __test__: ClassVar[bool] = False  # pytest collects whatever is called Test...

    body: bytes
    headers: dict[str, str]


def sample(
    kind: EventKind = "generation",
    callback_type: CallbackType = "complete",
    *,
    task_id: str = TASK_ID,
    spelling: Spelling = "gateway",
    code: int = 500,
    reason: str = "",
    webhook_key: str | None = None,
    at: int = SIGNED_AT,
) -> TestEvent:
    """`code` and `reason` are those of an "error". `webhook_key` signs it as kie.ai would `at` this second.

    `spelling` "gateway" is the mixture that is documented for the kind. Raises InvalidRequest: only songs have stages.
    """
    if kind not in KINDS:
        raise InvalidRequest("kind", f"is one of {', '.join(KINDS)}")
    types = ("text", "first", "complete", "error") if kind == "generation" else ("complete", "error")
    if callback_type not in types:
        raise InvalidRequest("callback_type", f"of the kind {kind} is one of {', '.join(types)}")
    if callback_type == "error":
        said = reason or ("Failed to write the lyrics." if kind == "lyrics" else REASON)
        envelope: dict[str, object] = {"code": code, "msg": said, "data": _failure(kind, code, said)}
    elif kind == "generation":
        data = {"callbackType": callback_type, "data": takes_of(callback_type)}
        envelope = {"code": OK, "msg": MESSAGES[callback_type], "data": data}
    else:
        envelope = {"code": OK, "msg": MESSAGES.get(kind, "success"), "data": dict(RESULTS[kind])}
    return _posted(_spelt(_named(envelope, kind, task_id), spelling), webhook_key, at)


def signed_event(body: Body, webhook_key: str, *, at: int = SIGNED_AT) -> TestEvent:
    """A body of your own, signed as kie.ai would. Raises Misunderstood where it names no task."""
    return _posted(body, webhook_key, at)


def _posted(body: Body, webhook_key: str | None, at: int) -> TestEvent:
    raw = body if isinstance(body, str | bytes) else json.dumps(dict(body), ensure_ascii=False)
    headers = {"Content-Type": "application/json"}
    if webhook_key is not None:
        headers |= kie_headers(webhook_key, opened(body).task_id, at)
    return TestEvent(raw.encode() if isinstance(raw, str) else raw, headers)


def _named(envelope: dict[str, object], kind: EventKind, task_id: str) -> dict[str, object]:
    if kind == "midi":
        return {"task_id": task_id, **envelope}  # beside `data`, by the gateways' own pages
    data = cast("dict[str, object]", envelope["data"])
    return {**envelope, "data": {"taskId" if kind in CAMEL_ID else "task_id": task_id, **data}}


def _failure(kind: EventKind, code: int, said: str) -> Mapping[str, object] | None:
    told = {"errorCode": code, "errorMessage": said}
    match kind:
        case "generation" | "lyrics":
            return {"callbackType": "error", "data": None}
        case "midi":
            return None
        case "voice_phrase":
            return {"validateInfo": "", "status": "processing_validate_fail", **told}
        case "voice":
            return {"voiceId": "", "status": "fail", **told}
        case "market":
            return {"state": "fail", "resultJson": "", "failCode": str(code), "failMsg": said}
        case _:
            return dict.fromkeys(RESULTS[kind])


def _spelt(envelope: Mapping[str, object], spelling: Spelling) -> Mapping[str, object]:
    renames: dict[Spelling, Callable[[str], str]] = {"snake": _snake, "camel": _camel}
    rename = renames.get(spelling)
    return cast("Mapping[str, object]", _renamed(envelope, rename)) if rename else envelope


def _renamed(value: object, rename: Callable[[str], str]) -> object:
    match value:
        case dict():
            fields = cast("dict[str, object]", value)
            return {rename(name): _renamed(one, rename) for name, one in fields.items()}
        case list():
            return [_renamed(one, rename) for one in cast("list[object]", value)]
        case _:
            return value


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)
