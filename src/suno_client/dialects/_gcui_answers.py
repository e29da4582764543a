"""Reading gcui-art/suno-api: bare arrays, clip statuses, errors by HTTP (reference: suno.md 2C). Pure."""

from __future__ import annotations

from typing import cast

from suno_client import _readings as readings
from suno_client._answers import MODERATION_WORDS, int_of, json_of, no_envelope, object_of, speaks_of, words_of
from suno_client._wire import Answer
from suno_client.errors import (
    RATE_WINDOW_S,
    BadKey,
    Misunderstood,
    OutOfCredits,
    PromptRejected,
    Refused,
    SunoError,
    TooMany,
    Unanswered,
)
from suno_client.models import Clip, Progress, Stage, Task, TaskId, text_of
from suno_client.requests import GetCredits, GetProgress, GetStems, ListClips, Submission, TimeLyrics, WriteLyrics
from suno_client.results import Job, Lyrics, Stem, Stems, TimedLyrics

KEY_WORDS = ("suno_cookie", "provide a cookie", "session id", "unauthorized", "token validation")
DEAD_URL = "/None.mp3"  # what a clip that failed has for a file


def read_task(_: Submission[Task], answer: Answer) -> Task:
    ids = list(filter(None, (text_of(object_of(take).get("id")) for take in _array(answer, spends=True))))
    if not ids:
        why = "the server says success but names no clip"
        raise Misunderstood(why, may_be_charged=True, status=answer.status, request_id=answer.request_id)
    return Task(TaskId(",".join(ids)), answer.request_id)


def read_progress(request: GetProgress, answer: Answer) -> Progress:
    """Complete when every clip has ended well or badly; failed when all have ended badly."""
    takes = [object_of(take) for take in _array(answer)]
    states = [words_of(take.get("status")) for take in takes]
    clips = tuple(_clip(take) for take in takes if text_of(take.get("id")))
    ended = [state in {"complete", "error"} for state in states]
    if states and all(state == "error" for state in states):
        said = next(filter(None, (words_of(take.get("error_message")) for take in takes)), "")
        reason = f"Suno could not make the audio{said and f': {said}'}"
        moderated = speaks_of(said, MODERATION_WORDS)
        return Progress(request.task_id, Stage.QUEUED, clips, "error", reason=reason, moderated=moderated)
    whole = len(takes) >= len(request.task_id.split(","))  # a clip that is not told of is still to come
    if takes and whole and all(ended):
        stage = Stage.COMPLETE
    elif any(state == "complete" for state in states):
        stage = Stage.FIRST
    else:
        stage = Stage.TEXT if "streaming" in states else Stage.QUEUED
    return Progress(request.task_id, stage, clips, next(iter(states), ""))


def read_stems(request: GetStems, answer: Answer) -> Job[Stems]:
    """Stems are clips like others, each with its own title."""
    takes = [object_of(take) for take in _array(answer)]
    states = [words_of(take.get("status")) for take in takes]
    if "error" in states:
        return Job(request.task_id, Stage.QUEUED, None, "error", reason="Suno could not part the song")
    parts = [
        Stem(clip.id, clip.title, clip.audio_url, clip.duration_s)
        for clip in map(_clip, takes)
        if clip.id and clip.audio_url
    ]
    if not parts or len(parts) < len(request.task_id.split(",")):
        return Job(request.task_id, Stage.QUEUED, None, next(iter(states), ""))
    urls = {part.group.lower(): part.url for part in parts if part.group}
    return Job(request.task_id, Stage.COMPLETE, Stems(urls, tuple(parts)), "complete")


def read_lyrics(_: WriteLyrics, answer: Answer) -> Task:
    """The server has waited for them itself, so the answer is the result; it cannot be asked for again."""
    document = object_of(_document(answer, spends=True))
    text = text_of(document.get("text"))
    task_id = TaskId(text_of(document.get("id")))
    if not text:
        said = words_of(document.get("error_message")) or "the server says success but names no lyrics"
        raise Misunderstood(said, may_be_charged=True, status=answer.status, request_id=answer.request_id)
    lyrics = (Lyrics(text, text_of(document.get("title"))),)
    return Task(task_id, answer.request_id, Job(task_id, Stage.COMPLETE, lyrics, "complete"))


def _clip(take: dict[str, object]) -> Clip:
    """`audio_url` is the stream until the clip is complete, and no file at all once it has failed (suno.md 2C.6)."""
    url, state = text_of(take.get("audio_url")), take.get("status")
    fields = {**take, "lyrics": take.get("lyric")}
    if state != "complete" or url.endswith(DEAD_URL):
        fields |= {"audio_url": None, "stream_url": None if url.endswith(DEAD_URL) or state == "error" else url}
    return Clip.model_validate(fields)


def read_page(_: ListClips, answer: Answer) -> tuple[Clip, ...]:
    return tuple(_clip(take) for take in map(object_of, _array(answer)) if text_of(take.get("id")))


def read_credits(_: GetCredits, answer: Answer) -> int:
    balance = int_of(object_of(_document(answer)).get("credits_left"))
    if balance is None:
        raise Misunderstood("the balance is no number", may_be_charged=False, status=answer.status)
    return balance


def read_timed(_: TimeLyrics, answer: Answer) -> TimedLyrics:
    return TimedLyrics(readings.timed_words_of(_array(answer)))


def _array(answer: Answer, *, spends: bool = False) -> list[object]:
    document = _document(answer, spends=spends)
    if not isinstance(document, list):
        why = "the server answers with something else than a list"
        raise Misunderstood(why, may_be_charged=spends, status=answer.status, request_id=answer.request_id)
    return cast("list[object]", document)


def _document(answer: Answer, *, spends: bool = False) -> object:
    """Raises Refused, Unanswered, Misunderstood."""
    document = json_of(answer.body)
    if answer.status == 200 and document is not None:
        return document
    raise _refusal(answer, words_of(object_of(document).get("error")), spends=spends)


def _refusal(answer: Answer, reason: str, *, spends: bool) -> SunoError:
    """By HTTP's status; but a 500 may say that the cookie has expired, and then nothing was asked of Suno (2C.5)."""
    status, request_id = answer.status, answer.request_id
    if not reason:
        return no_envelope(answer, spends=spends)
    if status == 401 or speaks_of(reason, KEY_WORDS):
        return BadKey(reason, status=status, request_id=request_id)
    if status == 402:
        return OutOfCredits(reason, status=status, request_id=request_id)
    if status == 429:
        wait_s = RATE_WINDOW_S if answer.retry_after_s is None else answer.retry_after_s
        return TooMany(reason, status=status, request_id=request_id, retry_after_s=wait_s)
    if status >= 500 or status in {408, 499}:
        return Unanswered(reason, may_be_charged=spends, status=status, request_id=request_id)
    kind = PromptRejected if speaks_of(reason, MODERATION_WORDS) else Refused
    return kind(reason, status=status, request_id=request_id)
