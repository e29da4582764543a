"""The book of side tasks (lyrics, wav, stems, ...): one answer each, no stages between. Pure: time comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

from suno_client.sandbox.script import FAILURE_WORDS, failure

KNOWN_JOBS = 2_000


class JobState(StrEnum):
    """How far a side task is. Each endpoint has its own words for it."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    CREATE_FAILED = "CREATE_TASK_FAILED"
    SENSITIVE = "SENSITIVE_WORD_ERROR"
    CALLBACK_FAILED = "CALLBACK_EXCEPTION"


@dataclass(eq=False)
class Job:
    """One accepted side task. `accepted_at` is in the clock's seconds, `ready_s` in the script's."""

    endpoint: str
    fields: dict[str, object]
    price: float
    accepted_at: float
    ready_s: float
    outcome: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    polls: int = 0
    made: bool = False
    result: object = None
    failed: str | None = None
    completed: datetime | None = None
    undelivered: bool = False
    notes: dict[str, object] = field(default_factory=dict[str, object])

    @property
    def will_fail(self) -> bool:
        """Whether it is known from the start that nothing will come of it."""
        return self.outcome == "stuck" or self.outcome in FAILURE_WORDS

    def error(self, state: JobState) -> tuple[int, str] | tuple[None, None]:
        """What a record says of a failure: code and message."""
        if state in {JobState.PENDING, JobState.SUCCESS}:
            return None, None
        return failure(self.outcome or str(state))


class JobBook:
    """Every side task of one server, by its id. Its clock runs `speed` times as fast as `now`."""

    def __init__(self, speed: float, now: Callable[[], float]) -> None:
        self.speed, self.now = speed, now
        self._jobs: dict[str, Job] = {}

    def add(self, job: Job) -> None:
        self._jobs[job.id] = job
        while len(self._jobs) > KNOWN_JOBS:
            del self._jobs[next(iter(self._jobs))]

    def get(self, task_id: str, endpoint: str | None = None) -> Job | None:
        job = self._jobs.get(task_id)
        return job if job is not None and endpoint in {None, job.endpoint} else None

    def of(self, endpoint: str) -> list[Job]:
        """The side tasks of one endpoint, oldest first."""
        return [job for job in self._jobs.values() if job.endpoint == endpoint]

    def clear(self) -> None:
        self._jobs.clear()

    def seconds_until_ready(self, job: Job) -> float:
        """Real seconds from now until the job may be ready; 0 when that is past."""
        return max(0.0, job.ready_s / self.speed - (self.now() - job.accepted_at))

    def state(self, job: Job) -> JobState:
        if job.outcome == "stuck":
            return JobState.PENDING
        if job.outcome == JobState.CREATE_FAILED:
            return JobState.CREATE_FAILED
        if (self.now() - job.accepted_at) * self.speed < job.ready_s:
            return JobState.PENDING
        if job.outcome == JobState.SENSITIVE:
            return JobState.SENSITIVE
        if job.will_fail or job.failed is not None:
            return JobState.FAILED
        if not job.made:
            return JobState.PENDING
        return JobState.CALLBACK_FAILED if job.undelivered or job.outcome == "CALLBACK_EXCEPTION" else JobState.SUCCESS
