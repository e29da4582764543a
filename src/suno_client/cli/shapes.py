"""Results as the documents of --json and as lines for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from suno_client import errors
from suno_client._answers import words_of
from suno_client.download import Download
from suno_client.models import Clip, Progress, TaskId
from suno_client.results import Lyrics

from .codes import code_of
from .course import Course
from .words import printable, said_of

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command found out: as a document, and as lines."""

    document: Document
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """A file of ours. `part` says which take or stem it is."""

    part: str
    path: Path
    size_bytes: int
    media_type: str
    sha256: str
    clip: Clip | None = None


def saved_as(part: str, path: Path, file: Download, clip: Clip | None = None) -> Saved:
    return Saved(part, path, file.size_bytes, file.media_type, file.sha256, clip)


def clip_document(clip: Clip) -> Document:
    """The fields that the client knows, under its own names; what else a gateway sends is left out."""
    return clip.model_dump(mode="json", include=set(Clip.model_fields))


def file_document(saved: Saved) -> Document:
    document: dict[str, object] = {
        "part": saved.part,
        "path": str(saved.path),
        "size_bytes": saved.size_bytes,
        "media_type": saved.media_type,
        "sha256": saved.sha256,
    }
    if saved.clip is not None:
        document |= {"clip_id": saved.clip.id, "title": saved.clip.title, "duration_s": saved.clip.duration_s}
    return document


def song_outcome(progress: Progress, files: Sequence[Saved]) -> Outcome:
    document = {
        "task_id": progress.task_id,
        "stage": progress.stage,
        "clips": [clip_document(clip) for clip in progress.clips],
        "files": [file_document(file) for file in files],
    }
    lines = [file_line(file) for file in files]
    if not files:
        lines = [line for number, clip in enumerate(progress.clips, 1) for line in _clip_lines(number, clip)]
    return Outcome(document, (*lines, f"task {progress.task_id}"))


def _clip_lines(number: int, clip: Clip) -> list[str]:
    url = next(iter(clip.audio_urls()), clip.stream_url) or "no address yet"
    return [f"{number}. {_titled(clip)}, clip {words_of(clip.id)}", f"   {printable(url)}"]


def _titled(clip: Clip) -> str:
    length = f", {minutes(clip.duration_s)}" if clip.duration_s else ""
    return f"{words_of(clip.title) or 'untitled'}{length}"


def file_line(saved: Saved) -> str:
    what = f"{_titled(saved.clip)}, clip {words_of(saved.clip.id)}" if saved.clip else saved.part
    return f"{saved.path}: {what}, {saved.size_bytes / 1e6:.1f} MB"


def minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def files_outcome(task_id: TaskId | None, files: Sequence[Saved]) -> Outcome:
    document: dict[str, object] = {"files": [file_document(file) for file in files]}
    task: dict[str, object] = {} if task_id is None else {"task_id": task_id}
    return Outcome(task | document, tuple(map(file_line, files)))


def lyrics_outcome(task_id: TaskId, variants: Sequence[Lyrics]) -> Outcome:
    document = {"task_id": task_id, "lyrics": [{"title": each.title, "text": each.text} for each in variants]}
    lines = [f"# {words_of(each.title) or 'untitled'}\n\n{printable(each.text).strip()}\n" for each in variants]
    return Outcome(document, tuple(lines))


def error_document(error: BaseException, course: Course) -> Document:
    """{"error": ...}: kind, words and exit code always; then whatever of it a script may want to act on."""
    said = said_of(error, course)
    kind = "Interrupted" if isinstance(error, KeyboardInterrupt) else type(error).__name__
    found: dict[str, object] = {"kind": kind, "message": said.text, "hint": said.hint, "exit_code": code_of(error)}
    for name in ("field", "limit", "model", "code", "status", "request_id", "retry_after_s", "moderated", "task_id"):
        if (value := getattr(error, name, None)) is not None:
            found[name] = value
    if isinstance(error, errors.Unanswered | errors.Misunderstood):
        found["may_be_charged"] = error.may_be_charged
    if isinstance(error, errors.GenerationFailed):
        found["clips"] = [clip_document(clip) for clip in error.clips]
    if course.task_id is not None:
        found |= {"task_id": course.task_id, "go_on": course.go_on, "files": [str(path) for path in course.saved]}
    return {"error": found}
