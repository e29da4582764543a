"""What Suno answers: tasks, takes and how far they are. Tolerant of every shape seen (reference: suno.md 2A.5-2A.6)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NewType, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from .errors import GenerationFailed

TaskId = NewType("TaskId", str)

URL_LIMIT = 8_192  # characters; longer is no address of a song
EPOCH_MS_FROM = 100_000_000_000  # a larger createTime is in milliseconds: in seconds it would be the year 5138


class Stage(StrEnum):
    """How far a task is. It only goes forward, and may skip."""

    QUEUED = "queued"
    TEXT = "text"  # lyrics and titles are there; often a stream of take 1 too
    FIRST = "first"  # take 1 is whole
    COMPLETE = "complete"

    @property
    def rank(self) -> int:
        """0 to 3; stages are compared by it, never as text."""
        return list(Stage).index(self)


def text_of(value: object) -> str:
    """Whatever was sent as text: lists are joined, lone surrogates replaced, the rest is empty."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case bool() | None:
            return ""
        case int() | float():
            return repr(value) if abs(value) < 1e15 else ""
        case list():  # but not lists in lists, which may be deeper than Python goes
            items = cast("list[object]", value)
            return ", ".join(filter(None, (text_of(item) for item in items if not isinstance(item, list))))
        case _:
            return ""


def url_of(value: object) -> str | None:
    """The address, or None: addresses come as null, as "" and not at all."""
    text = text_of(value).strip() if isinstance(value, str) else ""
    return text if text.startswith(("https://", "http://")) and len(text) <= URL_LIMIT else None


def seconds_of(value: object) -> float | None:
    try:
        seconds = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def time_of(value: object) -> datetime | None:
    """From "YYYY-MM-DD HH:MM:SS" (taken as UTC: no zone is given) or epoch, seconds or milliseconds."""
    try:
        match value:
            case datetime():
                moment = value
            case str() if not value.strip().isdigit():
                moment = datetime.fromisoformat(value.strip())
            case bool():
                return None
            case int() | float() | str():
                epoch = float(value)
                moment = datetime.fromtimestamp(epoch / 1000 if epoch > EPOCH_MS_FROM else epoch, UTC)
            case _:
                return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


_Text = Annotated[str, BeforeValidator(text_of)]
_Url = Annotated[str | None, BeforeValidator(url_of)]

SPELLINGS: Mapping[str, tuple[str, ...]] = {  # our name: theirs, the best first; the first that holds something wins
    "id": ("id", "audioId", "audio_id"),
    "lyrics": ("lyrics", "prompt"),
    "model_name": ("model_name", "modelName"),
    "duration_s": ("duration_s", "duration"),
    "audio_url": ("audio_url", "audioUrl"),
    "source_audio_url": ("source_audio_url", "sourceAudioUrl"),
    "stream_url": (
        "stream_url",
        "stream_audio_url",
        "streamAudioUrl",
        "source_stream_audio_url",
        "sourceStreamAudioUrl",
    ),
    "image_url": ("image_url", "imageUrl", "source_image_url", "sourceImageUrl"),
    "created_at": ("created_at", "createTime", "create_time"),
}


class Clip(BaseModel):
    """One take. A task often has two; match takes by `id`, never by place. Unknown fields stay in `model_extra`."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=(), defer_build=True)

    id: _Text = ""
    title: _Text = ""
    tags: _Text = ""
    lyrics: _Text = ""
    model_name: _Text = ""
    duration_s: Annotated[float | None, BeforeValidator(seconds_of)] = None
    audio_url: _Url = None
    source_audio_url: _Url = None
    stream_url: _Url = None
    image_url: _Url = None
    created_at: Annotated[datetime | None, BeforeValidator(time_of)] = None

    @model_validator(mode="before")
    @classmethod
    def _one_spelling(cls, raw: object) -> object:
        if not isinstance(raw, Mapping):
            return raw
        given = {text_of(str(key)): value for key, value in cast("Mapping[object, object]", raw).items()}
        found: dict[str, object] = {}
        for name, spellings in SPELLINGS.items():
            values = [given.pop(spelling) for spelling in spellings if spelling in given]
            if filled := [value for value in values if value not in (None, "")]:
                found[name] = filled[0]
        return given | found

    @property
    def playable(self) -> bool:
        """Something can be heard: the growing stream, or the file."""
        return bool(self.stream_url or self.audio_url or self.source_audio_url)

    @property
    def derived_audio_url(self) -> str:
        """Where the file was seen to live when the gateway named none. A guess: opt in knowingly."""
        return f"https://cdn1.suno.ai/{self.id}.mp3"  # suno.md 2A.11

    def audio_urls(self, *, derived: bool = False) -> tuple[str, ...]:
        """Addresses of the finished file, best first; `derived` adds the guess at the end."""
        urls = (self.audio_url, self.source_audio_url, self.derived_audio_url if derived else None)
        return tuple(dict.fromkeys(url for url in urls if url))


@dataclass(frozen=True, slots=True)
class Task:
    """Suno's ticket for one submission. Its id is all that another process needs to go on waiting.

    `done` is the finished job where the answer brought it along, as a gateway that waits by itself does.
    """

    id: TaskId
    request_id: str | None = None
    done: object = field(default=None, repr=False, compare=False)


def id_of(task: Task | TaskId) -> TaskId:
    return task.id if isinstance(task, Task) else task


@dataclass(frozen=True, slots=True)
class Progress:
    """How a task stood when it was asked. `reason` is set where it failed; `status` is the gateway's own word."""

    task_id: TaskId
    stage: Stage
    clips: tuple[Clip, ...] = ()
    status: str = ""
    reason: str | None = None
    code: int | None = None
    moderated: bool = False

    @property
    def playable(self) -> bool:
        return any(clip.playable for clip in self.clips)

    @property
    def failed(self) -> bool:
        return self.reason is not None

    @property
    def is_final(self) -> bool:
        return self.failed or self.stage is Stage.COMPLETE

    def raise_if_failed(self) -> None:
        """Raises GenerationFailed."""
        if self.reason is not None:
            raise GenerationFailed(
                self.reason, task_id=self.task_id, code=self.code, moderated=self.moderated, clips=self.clips
            )

    def after(self, earlier: Progress) -> Progress:
        """The newer progress, never behind `earlier`: answers may come from a replica that lags."""
        stage = max(self.stage, earlier.stage, key=lambda stage: stage.rank)
        known = {clip.id: clip for clip in earlier.clips}
        clips = [_filled(clip, known.pop(clip.id, clip)) for clip in self.clips]
        return replace(self, stage=stage, clips=(*clips, *known.values()))

    def landmarks(self) -> frozenset[tuple[str, str]]:
        """What a watcher is told of: the stage, and which clip has which address."""
        urls = ("audio_url", "source_audio_url", "stream_url", "image_url")
        held = {(clip.id, name) for clip in self.clips for name in urls if getattr(clip, name)}
        return frozenset({("", self.stage), *((clip.id, "") for clip in self.clips), *held})


def _filled(clip: Clip, earlier: Clip) -> Clip:
    """The clip, with addresses that an earlier answer named and this one left out."""
    urls = ("audio_url", "source_audio_url", "stream_url", "image_url")
    kept = {name: getattr(earlier, name) for name in urls if getattr(clip, name) is None}
    return clip.model_copy(update=kept) if any(kept.values()) else clip
