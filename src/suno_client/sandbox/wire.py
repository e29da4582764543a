"""The bytes of the gateway's answers: envelope, record, callback. Pure (suno.md 2A.2, 2A.5, 2A.6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from suno_client.sandbox.refusals import Refusal
from suno_client.sandbox.script import Status, failure

_FAILED = {Status.SENSITIVE, Status.AUDIO_FAILED, Status.CREATE_FAILED, Status.CALLBACK_FAILED}
_STAGE_MESSAGES = {
    Status.TEXT: ("text", "Text generation completed."),
    Status.FIRST: ("first", "First track generated successfully."),
    Status.SUCCESS: ("complete", "All generated successfully."),
}


@dataclass(frozen=True)
class ClipFacts:
    """What is known of one take. A URL is "" until it may be used; `duration_s` is None until the take is whole."""

    id: str
    title: str
    tags: str
    lyrics: str
    model_name: str
    created_at: datetime
    audio_url: str = ""
    stream_url: str = ""
    image_url: str = ""
    duration_s: float | None = None


@dataclass(frozen=True)
class TaskFacts:
    """What is known of one task at one moment. `quirk` is a "task" fault that changes only the shape of the answer."""

    id: str
    request: dict[str, object]
    status: Status
    clips: tuple[ClipFacts, ...]
    quirk: str | None = None
    operation: str = "generate"
    parent: str = ""

    @property
    def error(self) -> tuple[int, str] | tuple[None, None]:
        """Code and message of a failure."""
        if self.status not in _FAILED:
            return None, None
        return failure(self.quirk or str(self.status))


def envelope(data: object) -> dict[str, object]:
    return {"code": 200, "msg": "success", "data": data}


def refused(refusal: Refusal) -> dict[str, object]:
    return {"code": refusal.code, "msg": refusal.msg, "data": refusal.data}


def record(task: TaskFacts) -> dict[str, object]:
    """`data` of record-info: the request as JSON inside a string, and the clips as far as they are."""
    code, message = task.error
    response: object = None
    if task.status in {Status.TEXT, Status.FIRST, Status.SUCCESS, Status.CALLBACK_FAILED}:
        response = {"taskId": task.id, "sunoData": [_clip(clip, task.quirk) for clip in task.clips]}
    if task.quirk == "string_response" and response is not None:
        response = compact(response)
    return {
        "taskId": task.id,
        "parentMusicId": task.parent,
        "param": compact(task.request),
        "response": response,
        "status": "STILL_THINKING"
        if task.quirk == "unknown_status" and task.status is Status.TEXT
        else str(task.status),
        "type": "GENERATE",
        "operationType": task.operation,
        "errorCode": code,
        "errorMessage": message,
    }


def callback(task: TaskFacts) -> dict[str, object]:
    """The body that is posted to callBackUrl: snake_case, but for createTime."""
    code, message = task.error
    if code is not None:
        return {"code": code, "msg": message, "data": {"callbackType": "error", "task_id": task.id, "data": None}}
    kind, said = _STAGE_MESSAGES[task.status]
    clips = [_callback_clip(clip, task.quirk) for clip in task.clips]
    return {"code": 200, "msg": said, "data": {"callbackType": kind, "task_id": task.id, "data": clips}}


def stage_kind(status: Status) -> str:
    """The callbackType that tells a status."""
    return _STAGE_MESSAGES[status][0] if status in _STAGE_MESSAGES else "error"


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _created(clip: ClipFacts, quirk: str | None) -> str | int:
    if quirk == "epoch_time":
        return int(clip.created_at.timestamp() * 1000)
    return clip.created_at.strftime("%Y-%m-%d %H:%M:%S")


def _clip(clip: ClipFacts, quirk: str | None) -> dict[str, object]:
    gone = quirk == "null_urls" and bool(clip.audio_url)
    return {
        "id": clip.id,
        "audioUrl": None if gone else clip.audio_url,
        "sourceAudioUrl": None if gone else clip.audio_url,
        "streamAudioUrl": None if gone else clip.stream_url,
        "sourceStreamAudioUrl": None if gone else clip.stream_url,
        "imageUrl": None if gone else clip.image_url,
        "sourceImageUrl": None if gone else clip.image_url,
        "prompt": clip.lyrics,
        "modelName": clip.model_name,
        "title": clip.title,
        "tags": clip.tags,
        "createTime": _created(clip, quirk),
        "duration": clip.duration_s,
    }


_SNAKE = {
    "audioUrl": "audio_url",
    "sourceAudioUrl": "source_audio_url",
    "streamAudioUrl": "stream_audio_url",
    "sourceStreamAudioUrl": "source_stream_audio_url",
    "imageUrl": "image_url",
    "sourceImageUrl": "source_image_url",
    "modelName": "model_name",
}


def _callback_clip(clip: ClipFacts, quirk: str | None) -> dict[str, object]:
    return {_SNAKE.get(name, name): value for name, value in _clip(clip, quirk).items()}
