"""The dialect of sunoapi.org: requests built, answers read (reference: suno.md 2A). Pure: no clock, no I/O."""

from __future__ import annotations

from suno_client._answers import (
    CREDIT_WORDS,
    MODERATION_WORDS,
    int_of,
    json_of,
    list_of,
    no_envelope,
    object_of,
    speaks_of,
    words_of,
)
from suno_client._wire import Answer, Call
from suno_client.errors import (
    RATE_WINDOW_S,
    BadKey,
    Maintenance,
    Misunderstood,
    OutOfCredits,
    PromptRejected,
    Refused,
    SunoError,
    TooMany,
    Unanswered,
)
from suno_client.limits import SongRequest
from suno_client.models import Clip, Progress, Stage, Task, TaskId

REFUNDED = 531  # failed, credits given back: the one code from 500 up that surely cost nothing
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


def generate(request: SongRequest, callback_url: str) -> Call:
    """Every field that the server demands is sent, also those that its pages call optional."""
    body: dict[str, object] = {
        "customMode": request.custom,
        "instrumental": request.instrumental,
        "model": request.model,
        "callBackUrl": callback_url,
    }
    if request.era == "V6":
        optional: dict[str, object] = {"prompt": request.prompt or None, "lyrics": request.lyrics or None}
    else:
        optional = {"prompt": request.lyrics or request.prompt or None}
    optional |= {
        "style": request.style or None,
        "title": request.title or None,
        "negativeTags": request.negative_tags or None,
        "vocalGender": request.vocal_gender,
        "styleWeight": request.style_weight,
        "weirdnessConstraint": request.weirdness,
        "audioWeight": request.audio_weight,
        "personaId": request.persona_id or None,
        "personaModel": request.persona_model,
        "duration": request.duration_s,
        "variety": request.variety,
    }
    body |= {name: value for name, value in optional.items() if value is not None}
    return Call("POST", "/api/v1/generate", body=body | dict(request.extra), spends=True)


def record(task_id: TaskId) -> Call:
    return Call("GET", "/api/v1/generate/record-info", params={"taskId": task_id})


def credit() -> Call:
    return Call("GET", "/api/v1/generate/credit")


def read_task(answer: Answer) -> Task:
    """Raises Refused, Unanswered, Misunderstood."""
    data = object_of(_data(answer, spends=True))
    task_id = data.get("taskId") or data.get("task_id")
    if not isinstance(task_id, str) or not task_id:
        why = "the gateway says success but names no task"
        raise Misunderstood(why, may_be_charged=True, status=answer.status, request_id=answer.request_id)
    return Task(TaskId(task_id), answer.request_id)


def read_progress(answer: Answer, task_id: TaskId) -> Progress:
    """A failed task is a Progress too, with its reason. Raises Refused, Unanswered, Misunderstood."""
    data = object_of(_data(answer, spends=False))  # null for an unknown or very new task
    status = words_of(data.get("status"))
    clips = _clips(data, task_id)
    if failure := _failure(status, clips):
        said = words_of(data.get("errorMessage"))
        return Progress(
            task_id,
            _reached(clips),
            clips,
            status,
            reason=f"{failure}: {said}" if said else failure,
            code=int_of(data.get("errorCode")),
            moderated=status == "SENSITIVE_WORD_ERROR" or speaks_of(said, MODERATION_WORDS),
        )
    stage = Stage.COMPLETE if status == "CALLBACK_EXCEPTION" else STAGES.get(status) or _reached(clips)
    return Progress(task_id, stage, clips, status)


def read_credits(answer: Answer) -> int:
    """Raises Refused, Unanswered, Misunderstood."""
    balance = int_of(_data(answer, spends=False))
    if balance is None:
        raise Misunderstood("the balance is no number", may_be_charged=False, status=answer.status)
    return balance


def _data(answer: Answer, *, spends: bool) -> object:
    """The envelope's data. Its code is asked first, HTTP's status only where there is no envelope."""
    envelope = object_of(json_of(answer.body))
    code = int_of(envelope.get("code"))
    if code is None:
        raise no_envelope(answer, spends=spends)
    if code != 200:
        raise _refusal(code, words_of(envelope.get("msg")), answer, spends=spends)
    return envelope.get("data")


def _refusal(code: int, reason: str, answer: Answer, *, spends: bool) -> SunoError:
    """429 is two things here: out of credits, or too fast. Only the words tell (suno.md 2A.2)."""
    status, request_id = answer.status, answer.request_id
    kind: type[Refused] = Refused
    if code >= 500 and code != REFUNDED:
        why = f"the gateway failed: {code} {reason}".rstrip()
        return Unanswered(why, may_be_charged=spends, status=status, request_id=request_id)
    if code in {405, 430} or (code == 429 and not speaks_of(reason, CREDIT_WORDS)):
        wait_s = answer.retry_after_s if answer.retry_after_s is not None else RATE_WINDOW_S
        return TooMany(reason, code=code, status=status, request_id=request_id, retry_after_s=wait_s)
    if code in {402, 429}:
        kind = OutOfCredits
    elif code in {401, 403}:
        kind = BadKey
    elif code == 455:
        kind = Maintenance
    elif code == 400 and speaks_of(reason, MODERATION_WORDS):
        kind = PromptRejected
    return kind(reason, code=code, status=status, request_id=request_id)


def _clips(data: dict[str, object], task_id: TaskId) -> tuple[Clip, ...]:
    response = object_of(data.get("response"))
    takes = list_of(response.get("sunoData") or response.get("suno_data") or response.get("data"))
    clips: dict[str, Clip] = {}
    for place, take in enumerate(takes):
        if not (fields := object_of(take)):
            continue
        clip = Clip.model_validate(fields)
        if not clip.id:  # the place stands for it
            clip = clip.model_copy(update={"id": f"{task_id}-{place}"})
        clips.setdefault(clip.id, clip)
    return tuple(clips.values())


def _failure(status: str, clips: tuple[Clip, ...]) -> str | None:
    """Why the task failed. A callback that could not be delivered is no failure where there is audio (2A.5)."""
    if status == "CALLBACK_EXCEPTION" and any(clip.audio_urls() for clip in clips):
        return None
    if status == "SUCCESS" and not clips:
        return "Suno reports success but names no song"
    if status in FAILURES:
        return FAILURES[status]
    return f"Suno reports {status}" if status.endswith(("_FAILED", "_ERROR")) else None


def _reached(clips: tuple[Clip, ...]) -> Stage:
    """How far the takes themselves show it to be, for a status that is not known."""
    if any(clip.audio_urls() for clip in clips):
        return Stage.FIRST
    return Stage.TEXT if clips else Stage.QUEUED
