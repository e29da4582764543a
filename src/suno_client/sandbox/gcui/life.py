"""When a clip of the self-hosted server reaches which status. Pure: time comes in as seconds (suno.md 2C.6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from suno_client.sandbox.script import Script


class ClipStatus(StrEnum):
    SUBMITTED = "submitted"
    QUEUED = "queued"
    STREAMING = "streaming"
    COMPLETE = "complete"
    ERROR = "error"


@dataclass(frozen=True)
class Life:
    """The seconds after acceptance at which a clip may begin each of its statuses."""

    queued_s: float
    streaming_s: float
    complete_s: float


def life_of(script: Script) -> Life:
    """The same song on the other gateway's clock: words and first sound come together here, a little later."""
    streaming_s = script.success_s if script.text_s is None else min(1.5 * script.text_s, script.success_s)
    return Life(streaming_s / 3, streaming_s, script.success_s)


BOTH_FAIL = frozenset(["SENSITIVE_WORD_ERROR", "GENERATE_AUDIO_FAILED", "CREATE_TASK_FAILED", "531", "451", "none_mp3"])


def fails(outcome: str | None, take: int) -> bool:
    """Whether this take of a task is to fail; after "clip_error" only the first does."""
    return outcome in BOTH_FAIL or (outcome == "clip_error" and take == 1)


def clip_status(life: Life, elapsed_s: float, *, sounds: bool, whole: bool, failed: bool, stuck: bool) -> ClipStatus:
    """`sounds`: there are bytes to stream; `whole`: the file is there; `failed`: it will never be, which shows late."""
    if stuck:
        return ClipStatus.QUEUED if elapsed_s >= life.queued_s else ClipStatus.SUBMITTED
    if failed and elapsed_s >= life.streaming_s:
        return ClipStatus.ERROR
    if whole and elapsed_s >= life.complete_s and not failed:
        return ClipStatus.COMPLETE
    if sounds and elapsed_s >= life.streaming_s:
        return ClipStatus.STREAMING
    return ClipStatus.QUEUED if elapsed_s >= life.queued_s else ClipStatus.SUBMITTED
