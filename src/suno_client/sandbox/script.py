"""When a task reaches which stage, and how it ends. Pure: time comes in as seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What record-info calls a task's state (reference: suno.md 2A.5)."""

    PENDING = "PENDING"
    TEXT = "TEXT_SUCCESS"
    FIRST = "FIRST_SUCCESS"
    SUCCESS = "SUCCESS"
    CREATE_FAILED = "CREATE_TASK_FAILED"
    AUDIO_FAILED = "GENERATE_AUDIO_FAILED"
    CALLBACK_FAILED = "CALLBACK_EXCEPTION"
    SENSITIVE = "SENSITIVE_WORD_ERROR"


@dataclass(frozen=True)
class Script:
    """The seconds after acceptance at which each stage may begin; None leaves a stage out."""

    text_s: float | None = 1.5
    first_s: float | None = 20.0
    success_s: float = 30.0


SCRIPTS: Mapping[str, Script] = {
    "sandbox": Script(),
    "gateway": Script(text_s=10.0, first_s=40.0, success_s=75.0),  # suno.md 6.2
}

# What a failure says for itself in records and callbacks, by the word of a "task" fault (suno.md 2A.6).
_FAILURES: Mapping[str, tuple[int, str]] = {
    "SENSITIVE_WORD_ERROR": (400, "The prompt contains sensitive words. Please change it and try again."),
    "GENERATE_AUDIO_FAILED": (500, "Internal Error, Please try again later."),
    "CREATE_TASK_FAILED": (500, "Failed to create the task."),
    "CALLBACK_EXCEPTION": (500, "Callback failed."),
    "451": (451, "Failed to fetch the audio. Please check the URL and try again."),
    "531": (531, "Generation failed, and the credits were refunded. Please try again."),
}
FAILURE_WORDS = frozenset(_FAILURES) - {"CALLBACK_EXCEPTION"}
_AUDIO_FAILURES = frozenset(["GENERATE_AUDIO_FAILED", "451", "531"])


def failure(word: str) -> tuple[int, str]:
    """Code and message of a failure; a breakdown that nobody ordered is an internal error."""
    return _FAILURES.get(word, _FAILURES["GENERATE_AUDIO_FAILED"])


def status_at(
    script: Script, elapsed_s: float, rendered: int, outcome: str | None = None, *, failed: bool = False
) -> Status:
    """The state of a task `elapsed_s` after acceptance of which `rendered` takes are whole on disk.

    `outcome` is a "task" fault or None; `failed` says that rendering broke.
    """
    if outcome == "stuck":
        return Status.PENDING
    if outcome == Status.CREATE_FAILED:
        return Status.CREATE_FAILED
    text_s = script.success_s if script.text_s is None else script.text_s
    if elapsed_s >= text_s and outcome == Status.SENSITIVE:
        return Status.SENSITIVE
    if elapsed_s >= text_s and outcome in _AUDIO_FAILURES:
        return Status.AUDIO_FAILED
    if failed:
        return Status.AUDIO_FAILED
    if elapsed_s >= script.success_s and rendered >= 2:
        return Status.CALLBACK_FAILED if outcome == Status.CALLBACK_FAILED else Status.SUCCESS
    if script.first_s is not None and elapsed_s >= script.first_s and rendered >= 1:
        return Status.FIRST
    return Status.TEXT if script.text_s is not None and elapsed_s >= text_s else Status.PENDING


def stage_before(status: Status, script: Script) -> Status | None:
    """What a lagging replica still tells; None: it does not know the task yet."""
    passed = [Status.PENDING]
    passed += [Status.TEXT] if script.text_s is not None else []
    passed += [Status.FIRST] if script.first_s is not None else []
    if status in passed:
        place = passed.index(status)
        return passed[place - 1] if place else None
    return passed[-1] if status in {Status.SUCCESS, Status.CALLBACK_FAILED} else Status.PENDING
