"""Opening a callback: whose task it is, whether it went well, and its fields. Every spelling seen (2A.6). Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from suno_client._answers import int_of, json_of, list_of, object_of, pick, words_of
from suno_client.errors import Misunderstood
from suno_client.models import TaskId, text_of

Body = bytes | str | Mapping[str, object]
Data = Mapping[str, object]

OK = 200


@dataclass(frozen=True, slots=True)
class Told:
    """`said` is the envelope's message. Callbacks have no `response`, but a record sent as a callback does."""

    task_id: TaskId
    data: Data
    response: Data
    code: int | None
    failed: bool
    said: str
    callback_type: str

    def has(self, names: Iterable[str]) -> bool:
        """Whether one of these fields is there, be it null: then the sender speaks of them."""
        return any(name in self.data or name in self.response for name in names)

    def first(self, *names: str) -> object:
        """What one of these fields holds, None where none does."""
        within = pick(self.response, *names)
        return pick(self.data, *names) if within is None else within

    @property
    def record(self) -> dict[str, object]:
        """The fields as record-info has them, with the failure in its places."""
        code = int_of(pick(self.data, "errorCode", "error_code", "failCode", "fail_code"))
        said = words_of(pick(self.data, "errorMessage", "error_message", "failMsg", "fail_msg"))
        return {
            **self.data,
            "errorCode": code or (self.code if self.code != OK else None),
            "errorMessage": said or (self.said if self.failed else ""),
        }


def opened(body: Body) -> Told:
    """Raises Misunderstood where it is no JSON object, or names no task."""
    envelope = _document(body)
    if not envelope:
        raise Misunderstood("the callback is no JSON object", may_be_charged=False)
    data = object_of(envelope.get("data")) or _flat(envelope)
    # MIDI's stands beside `data`. Who checks a signature and who reads must take the same one: this is the only look.
    task_id = _task_id(data) or _task_id(envelope)
    if not task_id:
        raise Misunderstood("the callback names no task", may_be_charged=False)
    code, types = int_of(envelope.get("code")), ("callbackType", "callback_type")
    callback_type = words_of(pick(data, *types)) or words_of(pick(envelope, *types))
    failed = callback_type == "error" or code not in {None, OK}
    response = object_of(data.get("response"))
    return Told(TaskId(task_id), data, response, code, failed, words_of(envelope.get("msg")), callback_type)


def _document(body: Body) -> Data:
    """What a framework has parsed already is made JSON again, so that it holds nothing that JSON cannot."""
    if not isinstance(body, str | bytes):
        try:
            body = json.dumps(dict(body))
        except (TypeError, ValueError, RecursionError):
            return {}
    return object_of(json_of(body))


def _flat(envelope: Data) -> Data:
    """All fields side by side; `data` is one of them where it is a list with something in it."""
    return {name: value for name, value in envelope.items() if name != "data" or list_of(value)}


def _task_id(fields: Data) -> str:
    found = pick(fields, "task_id", "taskId")
    return text_of(found).strip() if isinstance(found, str) else ""
