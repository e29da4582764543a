"""From a record or a callback to how a song's task stands, in every shape seen (suno.md 2A.5, 2A.6). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ._answers import MODERATION_WORDS, int_of, list_of, object_of, pick, speaks_of, words_of
from .models import Clip, Progress, Stage, TaskId

STAGES = {
    "PENDING": Stage.QUEUED,
    "TEXT_SUCCESS": Stage.TEXT,
    "FIRST_SUCCESS": Stage.FIRST,
    "SUCCESS": Stage.COMPLETE,
}
FAILURES = {
    "CREATE_TASK_FAILED": "Suno did not take up the task",
    "GENERATE_AUDIO_FAILED": "Suno could not make the audio",
    "SENSITIVE_WORD_ERROR": "Suno's moderation turned the words down",
    "CALLBACK_EXCEPTION": "the gateway stopped before there was audio",
}


def progress_of(data: Mapping[str, object], task_id: TaskId) -> Progress:
    """A failed task is a Progress too, with its reason. No data at all: the task is unknown, or very new."""
    status = words_of(pick(data, "status", "successFlag"))
    response = object_of(data.get("response"))
    clips = clips_of(list_of(pick(response, "sunoData", "suno_data", "data")), task_id)
    if failure := _failure(status, clips):
        said = words_of(pick(data, "errorMessage", "error_message"))
        return Progress(
            task_id,
            reached(clips),
            clips,
            status,
            reason=f"{failure}: {said}" if said else failure,
            code=int_of(pick(data, "errorCode", "error_code")),
            moderated=status == "SENSITIVE_WORD_ERROR" or speaks_of(said, MODERATION_WORDS),
        )
    stage = Stage.COMPLETE if status == "CALLBACK_EXCEPTION" else STAGES.get(status) or reached(clips)
    return Progress(task_id, stage, clips, status)


def clips_of(takes: Iterable[object], task_id: TaskId) -> tuple[Clip, ...]:
    """The takes, each once. Where one has no id, the task's and its place stand for it."""
    clips: dict[str, Clip] = {}
    for place, take in enumerate(takes):
        if not (fields := object_of(take)):
            continue
        clip = Clip.model_validate(fields)
        if not clip.id:
            clip = clip.model_copy(update={"id": f"{task_id}-{place}"})
        clips.setdefault(clip.id, clip)
    return tuple(clips.values())


def reached(clips: tuple[Clip, ...]) -> Stage:
    """How far the takes themselves show it to be, for a status that is not known."""
    if any(clip.audio_urls() for clip in clips):
        return Stage.FIRST
    return Stage.TEXT if clips else Stage.QUEUED


def _failure(status: str, clips: tuple[Clip, ...]) -> str | None:
    """Why the task failed. A callback that could not be delivered is no failure where there is audio (2A.5)."""
    if status == "CALLBACK_EXCEPTION" and any(clip.audio_urls() for clip in clips):
        return None
    if status == "SUCCESS" and not clips:
        return "Suno reports success but names no song"
    if status in FAILURES:
        return FAILURES[status]
    return f"Suno reports {status}" if status.endswith(("_FAILED", "_ERROR")) else None
