"""The book of accepted tasks: their state, the credits left, and the ledger that tests read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from suno_client.sandbox.music.order import TAKES
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.rules import MODELS, NO_CREDITS, TOO_OFTEN, Refusal
from suno_client.sandbox.script import Script, Status, status_at
from suno_client.sandbox.wire import ClipFacts, TaskFacts

GENERATE_COSTS = 12  # credits (suno.md 6.2)
WINDOW_CALLS, WINDOW_S = 20, 10.0  # suno.md 2A.10
KEPT_TASKS = 50  # the sound of older ones is removed, as the gateway does after 14 days
KNOWN_TASKS = 2_000


@dataclass
class Task:
    """One accepted submission. `accepted_at` is in the clock's seconds."""

    request: dict[str, object]
    accepted_at: float
    title: str
    tags: str
    lyrics: str
    takes: tuple[Recording, ...]
    outcome: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    polls: int = 0


class TaskBook:
    """Every task of one server. Its stages run `speed` times as fast as `now`."""

    def __init__(self, script: Script, speed: float, balance: int, now: Callable[[], float]) -> None:
        self.script, self.speed, self.now = script, speed, now
        self._start_credits = balance
        self.credits = balance
        self._tasks: dict[str, Task] = {}
        self._takes: dict[str, Recording] = {}
        self._calls: deque[float] = deque()
        self.media_requests = 0
        self.media_bytes = 0
        self.refused = 0

    def may_accept(self) -> Refusal | None:
        """Whether money and pace allow one more submission now; counts as a call when money does."""
        if self.credits < GENERATE_COSTS:
            return NO_CREDITS
        now = self.now()
        while self._calls and self._calls[0] <= now - WINDOW_S:
            self._calls.popleft()
        if len(self._calls) >= WINDOW_CALLS:
            return TOO_OFTEN
        self._calls.append(now)
        return None

    def accept(self, task: Task) -> None:
        self.credits -= GENERATE_COSTS
        self._tasks[task.id] = task
        self._takes.update({take.id: take for take in task.takes})
        for old in list(self._tasks.values())[:-KEPT_TASKS]:
            self._drop_sound(old)
        while len(self._tasks) > KNOWN_TASKS:
            del self._tasks[next(iter(self._tasks))]

    def get(self, task_id: str) -> Task | None:
        return self._tasks.get(task_id)

    def take(self, clip_id: str) -> Recording | None:
        return self._takes.get(clip_id)

    def clear(self) -> None:
        """Forgets everything, files too, and gives the credits back."""
        for task in self._tasks.values():
            self._drop_sound(task)
        self._tasks.clear()
        self._calls.clear()
        self.credits = self._start_credits
        self.media_requests = self.media_bytes = self.refused = 0

    def _drop_sound(self, task: Task) -> None:
        for take in task.takes:
            if self._takes.pop(take.id, None) is not None:
                take.discard()

    def status(self, task: Task) -> Status:
        elapsed = (self.now() - task.accepted_at) * self.speed
        rendered = 0
        for take in task.takes:
            if not take.whole:
                break
            rendered += 1
        failed = any(take.failed for take in task.takes)
        return status_at(self.script, elapsed, rendered, task.outcome, failed=failed)

    def seconds_until(self, task: Task, script_s: float) -> float:
        """Real seconds from now until `script_s` on the task's own clock; 0 when that is past."""
        return max(0.0, script_s / self.speed - (self.now() - task.accepted_at))

    def facts(self, task: Task, base_url: str) -> TaskFacts:
        status = self.status(task)
        ready = {Status.FIRST: 1, Status.SUCCESS: TAKES, Status.CALLBACK_FAILED: TAKES}.get(status, 0)
        streams = {Status.TEXT: 1, Status.FIRST: TAKES}.get(status, TAKES)
        if task.outcome == "no_stream" and status is not Status.SUCCESS:
            streams = ready
        clips = tuple(
            ClipFacts(
                id=take.id,
                title=task.title,
                tags=task.tags,
                lyrics=task.lyrics,
                model_name=MODELS[str(task.request["model"])].key,
                created_at=task.created,
                audio_url=f"{base_url}/media/{take.id}.mp3" if number < ready else "",
                stream_url=f"{base_url}/media/stream/{take.id}" if number < streams else "",
                image_url=f"{base_url}/media/{take.id}.jpeg" if number < ready else "",
                duration_s=take.duration_s if number < ready else None,
            )
            for number, take in enumerate(task.takes)
        )
        return TaskFacts(task.id, task.request, status, clips, task.outcome)

    def ledger(self) -> dict[str, object]:
        """What was accepted, oldest first, and how often the rest was asked for."""
        return {
            "submissions": [
                {
                    "taskId": task.id,
                    "acceptedAt": task.created.isoformat(),
                    "request": task.request,
                    "status": str(self.status(task)),
                    "clipIds": [take.id for take in task.takes],
                    "polls": task.polls,
                }
                for task in self._tasks.values()
            ],
            "refused": self.refused,
            "credits": self.credits,
            "mediaRequests": self.media_requests,
            "mediaBytes": self.media_bytes,
        }
