"""From a callback's body to an event: the same Progress and Job that the client's looks give. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from suno_client._answers import MODERATION_WORDS, list_of, pick, speaks_of, words_of
from suno_client._readings import DONE, job_of
from suno_client._records import FAILURES, progress_of
from suno_client.errors import InvalidRequest
from suno_client.models import Progress, Stage, TaskId
from suno_client.results import Job

from ._told import Body, Data, Told, opened
from .kinds import KINDS, SIDES, TAKES, EventKind, Side, kind_of

STATUSES = {"text": "TEXT_SUCCESS", "first": "FIRST_SUCCESS", "complete": "SUCCESS"}  # callbackType: the record's word
TYPES = {"TEXT_SUCCESS": "text", "FIRST_SUCCESS": "first"}
MODERATED = "SENSITIVE_WORD_ERROR"


@dataclass(frozen=True, slots=True)
class Event:
    """What one callback tells. `standing` is a Progress for songs, a Job for all else; `code` is the envelope's.

    `callback_type` is "text", "first", "complete", "error", or "" where the body does not say how far the task is:
    then, as for an "unknown" kind, only the record can tell. Where a failure's `standing.status` is not told, it is
    the record's likely word.
    """

    task_id: TaskId
    kind: EventKind
    callback_type: str
    code: int | None
    standing: Progress | Job[Any]

    @property
    def reason(self) -> str | None:
        """Why it failed, None where it did not."""
        return self.standing.reason

    @property
    def key(self) -> tuple[TaskId, EventKind, str]:
        """Equal for a callback that comes twice. Remember it once the event is dealt with, not before."""
        return self.task_id, self.kind, self.callback_type

    @property
    def final(self) -> bool:
        """Nothing more will come of this task."""
        return self.standing.is_final


def parse(body: Body, *, kind: EventKind | None = None) -> Event:
    """Any callback of any endpoint. `kind` is for who has an address for each; else the fields tell it.

    Raises Misunderstood, and nothing else whatever the body is. It believes what it reads: see `verify_kie` and
    `token_matches`, and read the record before acting on it.
    """
    if kind is not None and kind not in KINDS:
        raise InvalidRequest("kind", f"is one of {', '.join(KINDS)}")
    told = opened(body)
    kind = kind or kind_of(told)
    standing = _progress(told) if kind == "generation" else _job(told, SIDES[kind])
    return Event(told.task_id, kind, _type_of(standing), told.code, standing)


def _type_of(standing: Progress | Job[Any]) -> str:
    if standing.failed:
        return "error"
    return "complete" if standing.is_final else TYPES.get(standing.status, "")


def _progress(told: Told) -> Progress:
    """As the record: its status is made from callbackType, or is there itself."""
    record, takes = told.record, told.first(*TAKES)
    status = STATUSES.get(told.callback_type) or words_of(pick(record, "status", "successFlag"))
    if told.failed and status not in FAILURES:
        status = MODERATED if _moderated(record) else "GENERATE_AUDIO_FAILED"
    if status == DONE and takes is None:  # it does not say that there are none: the record has them
        return Progress(told.task_id, Stage.QUEUED, (), status)
    return progress_of({**record, "status": status, "response": {"sunoData": list_of(takes)}}, told.task_id)


def _job(told: Told, side: Side) -> Job[Any]:
    """As the record: its status is there itself, or made from what the envelope says."""
    record, states = told.record, {DONE: DONE, **side.states}
    failure = MODERATED if _moderated(record) else side.failed
    if silent := not told.has(side.fields):  # a success that leaves its result out: the record has it
        states = {word: "" if meaning == DONE else meaning for word, meaning in states.items()}
    own = pick(record, *side.status)
    usual = failure if told.failed else "" if silent else DONE

    def read(status: object) -> Job[Any]:
        return job_of({**record, "successFlag": status}, told.task_id, side.read, flags=side.flags, states=states)

    job = read(usual if own is None else own)
    return read(failure) if told.failed and not job.failed else job


def _moderated(record: Data) -> bool:
    return speaks_of(words_of(record["errorMessage"]), MODERATION_WORDS)
