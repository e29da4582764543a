"""What the records of side tasks share: times in two shapes, flags in three, quirks on demand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.wire import compact

Flags = Mapping[JobState, str | int]
_DONE = frozenset([JobState.SUCCESS, JobState.CALLBACK_FAILED])


def words(failed: str) -> Flags:
    """The states in words. `failed` is what this endpoint calls a task of which nothing came."""
    return {state: str(state) for state in JobState} | {JobState.FAILED: failed}


def numbers(*, create_failed: int, failed: int) -> Flags:
    """The states as numbers: 0 pending, 1 done."""
    return {
        JobState.PENDING: 0,
        JobState.SUCCESS: 1,
        JobState.CALLBACK_FAILED: 1,
        JobState.CREATE_FAILED: create_failed,
        JobState.FAILED: failed,
        JobState.SENSITIVE: failed,
    }


def flag(job: Job, state: JobState, flags: Flags) -> str | int:
    """The state as the endpoint tells it; with the fault unknown_status, a pending one as none of its own words."""
    told = flags[state]
    if job.outcome == "unknown_status" and state is JobState.PENDING:
        return 9 if isinstance(told, int) else "STILL_THINKING"
    return told


def done(state: JobState) -> bool:
    """Whether there is a result to tell of."""
    return state in _DONE


def response(job: Job, state: JobState, value: object) -> object:
    """`response` of a record: null before there is one, and as odd as the faults ask."""
    if not done(state):
        return None
    if job.outcome == "null_urls":
        value = _without_urls(value)
    return compact(value) if job.outcome == "string_response" else value


def timestamp(moment: datetime | None, job: Job | None = None) -> str | int | None:
    """A time in words, UTC; with the fault epoch_time, in milliseconds."""
    if moment is None or (job is not None and job.outcome == "epoch_time"):
        return epoch_ms(moment)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def epoch_ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1_000)


def completed(job: Job, state: JobState) -> datetime | None:
    """When the task ended; None while it is told as pending."""
    return None if state is JobState.PENDING else job.completed or job.created


def renamed(job: Job, value: object, names: Mapping[str, str]) -> object:
    """`value` with the field names of early 2025, where the fault old_edition asks for them."""
    return _renamed(value, names) if job.outcome == "old_edition" else value


def _renamed(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {names.get(name, name): _renamed(one, names) for name, one in fields.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in cast("list[object]", value)]
    return value


def _without_urls(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_urls(one) for name, one in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_without_urls(one) for one in cast("list[object]", value)]
    return None if isinstance(value, str) and value.startswith("http") else value
