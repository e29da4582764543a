"""What can go wrong with Suno, split by what a caller can do about it.

    SunoError
      InvalidRequest      refused here, before anything was sent: field, limit, model
        Unsupported       this gateway cannot do it: feature, dialect
      NotSent             nothing left this machine: safe to try again
      Unanswered          sent, but no usable answer came: a submission may have been charged
      Misunderstood       an answer that could not be read: a submission may have been charged
      Refused             Suno said no: reason, code, status, request_id
        OutOfCredits
        TooMany           retry_after_s
        PromptRejected
        BadKey
        Maintenance
        AlreadyMade       there is one of this clip or task: task_id, where it was told
      TaskFailed          accepted, then failed: reason, code, task_id, moderated
        GenerationFailed  a song's task: clips
      NotJournaled        accepted, but the journal could not write it down: task_id
      WaitTimeout         our patience ended, the task may go on: task_id, waited_s, last
      BadMedia            a file or stream that is not what it should be: host, why, status
      BadSignature        a webhook that does not come from whom it says: why

No error holds a key, a prompt or the query of an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Clip, Progress, TaskId
    from .results import Job

REASON_LIMIT = 300  # characters of a gateway's own words that are kept
RATE_WINDOW_S = 10.0  # the gateway's rolling window (suno.md 2A.10); the wait where it names none


class SunoError(Exception):
    """The root: `except SunoError` catches all that this package raises, save OSError for files of ours."""


class InvalidRequest(SunoError):
    """`limit` is the most that `model` takes of `field`, where the fault is one of size."""

    def __init__(self, field: str, why: str, *, limit: float | None = None, model: str | None = None) -> None:
        super().__init__(f"{field} {why}")
        self.field = field
        self.why = why
        self.limit = limit
        self.model = model


class Unsupported(InvalidRequest):
    """Ask `client.supports(feature)` first, or choose another gateway."""

    def __init__(self, feature: str, dialect: str, why: str = "") -> None:
        super().__init__(feature, f"is not to be had from a gateway of the kind {dialect}{why and f': {why}'}")
        self.feature = feature
        self.dialect = dialect


class NotSent(SunoError):
    """No byte of the request can have been handled: name not found, connection refused, TLS failed."""


class Unanswered(SunoError):
    """`may_be_charged` is False for reads and downloads, which cost nothing and may be asked again."""

    def __init__(
        self, why: str, *, may_be_charged: bool, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(why)
        self.may_be_charged = may_be_charged
        self.status = status
        self.request_id = request_id


class Misunderstood(SunoError):
    """As Unanswered, but something came: a page, cut JSON, a success without its data."""

    def __init__(
        self, why: str, *, may_be_charged: bool, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(why)
        self.may_be_charged = may_be_charged
        self.status = status
        self.request_id = request_id


class Refused(SunoError):
    """`code` is the envelope's, `status` HTTP's; they often differ. Nothing was charged."""

    def __init__(
        self, reason: str, *, code: int | None = None, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(reason or "no reason given")
        self.reason = reason
        self.code = code
        self.status = status
        self.request_id = request_id


class OutOfCredits(Refused):
    """Top up; then the same request may be sent again."""


class TooMany(Refused):
    """Refused for haste. After `retry_after_s` seconds the same request may be sent again."""

    def __init__(
        self,
        reason: str,
        *,
        code: int | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float = RATE_WINDOW_S,
    ) -> None:
        super().__init__(reason, code=code, status=status, request_id=request_id)
        self.retry_after_s = retry_after_s


class PromptRejected(Refused):
    """Other words may pass; names of artists and songs are often what is refused."""


class BadKey(Refused):
    """Missing, wrong, or not allowed to do this; for a self-hosted server, an expired cookie."""


class Maintenance(Refused):
    """The gateway is closed for a while."""


class AlreadyMade(Refused):
    """`task_id` made it, where the gateway said so: its result is there to be read."""

    def __init__(
        self,
        reason: str,
        *,
        code: int | None = None,
        status: int | None = None,
        request_id: str | None = None,
        task_id: TaskId | None = None,
    ) -> None:
        super().__init__(reason, code=code, status=status, request_id=request_id)
        self.task_id = task_id


class TaskFailed(SunoError):
    """`moderated`: other words may pass. `code` is the gateway's own."""

    def __init__(self, reason: str, *, task_id: TaskId, code: int | None = None, moderated: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.task_id = task_id
        self.code = code
        self.moderated = moderated


class GenerationFailed(TaskFailed):
    """`clips` are the takes that were there when it failed: one may be whole."""

    def __init__(
        self,
        reason: str,
        *,
        task_id: TaskId,
        code: int | None = None,
        moderated: bool = False,
        clips: tuple[Clip, ...] = (),
    ) -> None:
        super().__init__(reason, task_id=task_id, code=code, moderated=moderated)
        self.clips = clips


class NotJournaled(SunoError):
    """Suno has taken the submission and charged for it; only our own note of `task_id` is missing. Keep it."""

    def __init__(self, task_id: TaskId) -> None:
        super().__init__(f"task {task_id} was accepted, but the journal could not write it down")
        self.task_id = task_id


class WaitTimeout(SunoError):
    """`last` is the newest Progress, None where no poll was answered. Waiting can be taken up again by task id."""

    def __init__(self, task_id: TaskId, waited_s: float, last: Progress | Job[Any] | None) -> None:
        stage = f"it stands at {last.stage}" if last else "no answer came at all"
        super().__init__(f"task {task_id} was not done after {waited_s:.0f} s; {stage}")
        self.task_id = task_id
        self.waited_s = waited_s
        self.last = last


class BadMedia(SunoError):
    """`host` alone is kept of the address: paths and queries of media addresses are signed."""

    def __init__(self, host: str, why: str, *, status: int | None = None) -> None:
        super().__init__(f"{host}: {why}" if host else why)
        self.host = host
        self.why = why
        self.status = status


class BadSignature(SunoError):
    """Answer such a webhook with 401 or 403, and believe nothing in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
