"""What a person is told when something went wrong: what it was, and what to do next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suno_client import errors

from .codes import Usage, nearest
from .course import Course

CHARGED = "It may have been taken and charged. Look at `suno credits` and the gateway's own list before asking again."
FREE = "Nothing was charged."
OPTIONS = {  # our field: the option by which it was given, where they differ
    "duration_s": "--duration",
    "negative_tags": "--negative",
    "vocal_gender": "--gender",
    "timeout_s": "--timeout",
    "base_url": "--base-url",
    "submission_id": "--id",
}
Table = Mapping[type[BaseException], str]  # the nearest ancestor counts

TEXTS: Table = {
    errors.BadKey: "The gateway refuses the key: {error}",
    errors.OutOfCredits: "There are not enough credits: {error}",
    errors.TooMany: "The gateway is asked too often: {error}",
    errors.Refused: "The gateway refuses: {error}",
    errors.TaskFailed: "Task {error.task_id} failed: {error}",
    errors.NotSent: "The gateway was not reached: {error}",
    errors.Unanswered: "No usable answer came: {error}",
    errors.Misunderstood: "No usable answer came: {error}",
    errors.BadMedia: "The file is not what it should be: {error}",
    errors.WaitTimeout: "Task {error.task_id} was not done after {error.waited_s:g} s",
    errors.SunoError: "{error}",
    Usage: "{error}",
    BaseException: "Something unexpected: {kind}: {error}",
}
HINTS: Table = {
    errors.Unsupported: "`suno features` tells what this gateway can do.",
    errors.InvalidRequest: "Nothing was sent.",
    errors.BadKey: f"{FREE} Check SUNO_API_KEY, and that --base-url is the gateway it belongs to.",
    errors.OutOfCredits: f"{FREE} Top up at the gateway; `suno credits` tells the balance.",
    errors.TooMany: f"{FREE} Try again in {{error.retry_after_s:.0f}} s.",
    errors.Maintenance: f"{FREE} Try again later.",
    errors.PromptRejected: "Use other words; names of artists and songs are often what is refused.",
    errors.AlreadyMade: f"{FREE} It was made earlier, and the gateway does not say by which task.",
    errors.Refused: f"{FREE} Change the request, and ask again.",
    errors.TaskFailed: "Ask again; `suno credits` tells whether the credits were given back.",
    errors.NotSent: "Nothing was charged for this. Check the network and --base-url, and try again.",
    errors.Unanswered: "Nothing was charged for this. Check the network and --base-url, and try again.",
    errors.Misunderstood: "Nothing was charged for this. Check the network and --base-url, and try again.",
    errors.BadMedia: "It may be there later, or at another address.",
    errors.SunoError: "",
    OSError: "",
    BaseException: "With --verbose it shows where; please tell the makers of suno-client.",
}
NO_OPTION = frozenset(["prompt", "task_id", "clip_id"])


@dataclass(frozen=True, slots=True)
class Said:
    """`hint` says what to do about it."""

    text: str
    hint: str = ""


def said_of(error: BaseException, course: Course) -> Said:
    """Two sentences or so. Where a task was accepted, the command that goes on with it."""
    if isinstance(error, KeyboardInterrupt):
        return _interrupted(course)
    return Said(sentence(_text(error)), " ".join(filter(None, _hints(error, course))))


def _hints(error: BaseException, course: Course) -> list[str]:
    if isinstance(error, errors.GenerationFailed):
        return [_hint(error), *_whole_takes(error)]
    if not course.go_on or isinstance(error, errors.TaskFailed):
        return [_hint(error)]
    own = _hint(error) if isinstance(error, Usage) else ""  # other advice is for a task that was never taken
    return [own, f"Task {course.task_id} is taken: go on with {course.go_on}"]


def sentence(text: str) -> str:
    """One line that ends like one."""
    line = " ".join(printable(text).split())
    return line if line.endswith((".", "!", "?")) else f"{line}."


def printable(text: str) -> str:
    """Without what a terminal would take for an order."""
    return "".join(c for c in text if c.isprintable() or c == "\n")


def _interrupted(course: Course) -> Said:
    if course.go_on:
        return Said(f"Interrupted; task {course.task_id} goes on without you.", f"Go on with {course.go_on}")
    return Said("Interrupted while asking.", CHARGED) if course.spending else Said("Interrupted.", FREE)


def _whole_takes(error: errors.GenerationFailed) -> list[str]:
    urls = [url for clip in error.clips for url in clip.audio_urls()[:1]]
    return [f'A take was made all the same: suno download "{printable(url)}" -o take.mp3' for url in urls]


def _text(error: BaseException) -> str:
    match error:
        case errors.InvalidRequest(field="api_key"):
            return "There is no usable key"
        case errors.InvalidRequest() if not isinstance(error, errors.Unsupported):
            return f"{_option(error.field)} {error.why}"
        case OSError():
            named = f"{error.filename}: " if error.filename else ""
            return f"{named}{error.strerror or type(error).__name__}"
        case _:
            return nearest(TEXTS, error).format(error=error, kind=type(error).__name__)


def _option(name: str) -> str:
    return name if name in NO_OPTION else OPTIONS.get(name, f"--{name}")


def _hint(error: BaseException) -> str:
    match error:
        case Usage():
            return error.hint
        case errors.InvalidRequest(field="api_key"):
            return "Set SUNO_API_KEY or give --key; `suno sandbox` is a gateway without an account."
        case errors.Unanswered(may_be_charged=True) | errors.Misunderstood(may_be_charged=True):
            return CHARGED
        case errors.TaskFailed(moderated=True):
            return HINTS[errors.PromptRejected]
        case errors.AlreadyMade(task_id=str()):
            return f"{FREE} Task {error.task_id} made it."
        case _:
            return nearest(HINTS, error).format(error=error)
