"""How far a command has come: what an error or an interruption must tell, and the words with which to go on."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from suno_client.errors import NotJournaled
from suno_client.models import TaskId


@dataclass(frozen=True, slots=True)
class Common:
    """The options of the whole command. `timeout_s` is the patience for a task; no single call takes longer."""

    key: str = field(default="", repr=False)
    base_url: str | None = None
    dialect: str | None = None
    timeout_s: float = 600.0
    as_json: bool = False
    quiet: bool = False
    verbose: bool = False

    def command(self, *words: str) -> str:
        """A command line that asks the same gateway. The key stays out of it."""
        where = [*(("--base-url", self.base_url) if self.base_url else ())]
        where += [*(("--dialect", self.dialect) if self.dialect else ())]
        return shlex.join(["suno", *where, *words])

    def blot(self, text: str) -> str:
        """No key in anything that is said, whoever brought it in. Short ones are no secret: "sandbox", "test"."""
        key = self.key.strip()
        return text.replace(key, "***") if len(key) > len("sandbox") else text


@dataclass(slots=True)
class Course:
    """`spending`: a submission is under way. `resuming` makes the command that takes up a task."""

    resuming: Callable[[TaskId], str] = str
    spending: bool = False
    task_id: TaskId | None = None
    saved: list[Path] = field(default_factory=list[Path])

    def begin(self, resuming: Callable[[TaskId], str]) -> None:
        self.spending, self.resuming = True, resuming

    def accepted(self, task_id: TaskId) -> None:
        self.spending, self.task_id = False, task_id

    def learn(self, error: BaseException) -> None:
        """An error may bring the task along that it could not hand over."""
        if isinstance(error, NotJournaled):
            self.accepted(error.task_id)

    @property
    def go_on(self) -> str:
        """Empty where there is nothing to go on with."""
        return "" if self.task_id is None else self.resuming(self.task_id)
