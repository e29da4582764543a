"""The book of accepted music tasks: their takes, their state, and what a client may see of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from suno_client.sandbox.music.order import TAKES
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.script import FAILURE_WORDS, Script, Status, status_at
from suno_client.sandbox.wire import ClipFacts, TaskFacts

KEPT_TASKS = 50  # the sound of older ones is removed, as the gateway does after 14 days
KNOWN_TASKS = 2_000


@dataclass(eq=False)
class Task:
    """One accepted song. `accepted_at` is in the clock's seconds; `undelivered`: its callbacks were not taken."""

    endpoint: str
    request: dict[str, object]
    accepted_at: float
    title: str
    tags: str
    lyrics: str
    model_name: str
    takes: tuple[Recording, ...]
    operation: str = "generate"
    parent: str = ""
    price: float = 0.0
    outcome: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    polls: int = 0
    undelivered: bool = False

    @property
    def will_fail(self) -> bool:
        """Whether it is known from the start that no music will come of it."""
        return self.outcome == "stuck" or self.outcome in FAILURE_WORDS


class TaskBook:
    """Every music task of one server. Its stages run `speed` times as fast as `now`."""

    def __init__(self, script: Script, speed: float, now: Callable[[], float]) -> None:
        self.script, self.speed, self.now = script, speed, now
        self._tasks: dict[str, Task] = {}
        self._takes: dict[str, Recording] = {}
        self._owners: dict[str, Task] = {}

    def accept(self, task: Task) -> None:
        self._tasks[task.id] = task
        self._takes.update({take.id: take for take in task.takes})
        self._owners.update({take.id: task for take in task.takes})
        for old in list(self._tasks.values())[:-KEPT_TASKS]:
            self._drop_sound(old)
        while len(self._tasks) > KNOWN_TASKS:
            oldest = self._tasks.pop(next(iter(self._tasks)))
            for take in oldest.takes:
                del self._owners[take.id]

    def get(self, task_id: str) -> Task | None:
        return self._tasks.get(task_id)

    def take(self, clip_id: str) -> Recording | None:
        """The take with this id, while its sound is kept."""
        return self._takes.get(clip_id)

    def owner(self, clip_id: str) -> Task | None:
        """The task that a take belongs to."""
        return self._owners.get(clip_id)

    def expire(self, clip_id: str) -> None:
        """Removes one take's sound, as time does."""
        take = self._takes.pop(clip_id, None)
        if take is not None:
            take.discard()

    def clear(self) -> None:
        for task in self._tasks.values():
            self._drop_sound(task)
        self._tasks.clear()
        self._owners.clear()

    def _drop_sound(self, task: Task) -> None:
        for take in task.takes:
            self.expire(take.id)

    def status(self, task: Task) -> Status:
        elapsed = (self.now() - task.accepted_at) * self.speed
        rendered = 0
        for take in task.takes:
            if not take.whole:
                break
            rendered += 1
        failed = any(take.failed for take in task.takes)
        outcome = Status.CALLBACK_FAILED if task.undelivered else task.outcome
        return status_at(self.script, elapsed, rendered, outcome, failed=failed)

    def seconds_until(self, task: Task, script_s: float) -> float:
        """Real seconds from now until `script_s` on the task's own clock; 0 when that is past."""
        return max(0.0, script_s / self.speed - (self.now() - task.accepted_at))

    def facts(self, task: Task, base_url: str, status: Status | None = None) -> TaskFacts:
        """What may be told of a task now, or as it was in an earlier `status`."""
        status = self.status(task) if status is None else status
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
                model_name=task.model_name,
                created_at=task.created,
                audio_url=f"{base_url}/media/{take.id}.mp3" if number < ready else "",
                stream_url=f"{base_url}/media/stream/{take.id}" if number < streams else "",
                image_url=f"{base_url}/media/{take.id}.jpeg" if number < ready else "",
                duration_s=take.duration_s if number < ready else None,
            )
            for number, take in enumerate(task.takes)
        )
        return TaskFacts(task.id, task.request, status, clips, task.outcome, task.operation, task.parent)
