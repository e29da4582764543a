"""What was asked of the gateway and what came of it, written down before it is sent: a song is paid for once.

Gateways have no idempotency key. A journal gives one: a submission that bears an id is sent at most once, also after
a crash. FileJournal keeps it in a file; a journal of your own, in a database say, has the same two methods.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol, cast

from anyio import to_thread

from .errors import InvalidRequest, Unanswered
from .models import TaskId

MAY_GO_AGAIN = ("not_sent", "refused")  # nothing was charged
TORN_ID = re.compile(rb'\{"id": ("(?:[^"\\]|\\.)*")')  # what may be left of a line that a power cut broke off


@dataclass(frozen=True, slots=True)
class Submission:
    """Something that spends, about to be sent. `id` is the caller's, the same whenever the same wish is sent again.

    `fingerprint` is a SHA-256 of dialect, path and body: it tells two wishes apart and holds neither.
    """

    id: str
    dialect: str
    feature: str
    fingerprint: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. "unknown": it may have been charged. `code` is the gateway's, where it answered."""

    task_id: TaskId | None
    kind: Literal["accepted", "not_sent", "refused", "unknown"]
    code: int | None = None


class Journal(Protocol):
    """Asked before each attempt to submit, told after it. It is the one who remembers; the client keeps nothing.

    Where the process dies between the two calls, `after` never comes: what was begun and not ended is unknown.
    """

    async def before(self, submission: Submission) -> TaskId | None:
        """Returns only once it is safely written down. A task: it was accepted earlier, and nothing is sent.

        Whatever this raises reaches the caller, and nothing is sent.
        """
        ...

    async def after(self, submission: Submission, outcome: Outcome) -> None:
        """Comes also for a caller that is being cancelled, who waits ten seconds for it at the most.

        Where this raises, an accepted task reaches the caller within NotJournaled.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    """The last that the file says of an id; without a fingerprint where its line was broken off."""

    fingerprint: str | None = None
    kind: str = "begun"
    task_id: str | None = None
    at: str = "at a time unknown"


class FileJournal:
    """A journal in a file of JSON lines, for Linux and macOS. Threads and processes may write to the same one.

    It holds ids, fingerprints and task ids, but no key, no prompt and no lyrics. It only grows; a new file forgets.
    Its folder must be there. Both methods raise OSError where the file cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).absolute()
        self._file: tuple[int, int] | None = None  # device and inode of what `_entries` was read from
        self._read_bytes = 0
        self._entries: dict[str, _Entry] = {}

    def __repr__(self) -> str:
        return f"FileJournal({str(self._path)!r})"

    async def before(self, submission: Submission) -> TaskId | None:
        """Raises Unanswered where this id may be charged already; InvalidRequest where it was for something else, or
        for something that was answered at once.
        """
        return await to_thread.run_sync(self._begin, submission)

    async def after(self, submission: Submission, outcome: Outcome) -> None:
        """The line is written even where nobody waits for it any longer."""
        await to_thread.run_sync(self._end, submission, outcome, abandon_on_cancel=True)

    async def settle(self, submission_id: str, task_id: TaskId | None) -> None:
        """What came of a submission whose answer was lost, once it is known: from a callback, or the gateway's list.

        With `task_id` it counts as accepted; with None as never taken, so that the same id may be sent again. Raises
        InvalidRequest for an id that was never begun.
        """
        await to_thread.run_sync(self._settle, submission_id, task_id)

    def _settle(self, submission_id: str, task_id: TaskId | None) -> None:
        with self._locked() as file:
            if (entry := self._entries.get(submission_id)) is None:
                raise InvalidRequest("submission_id", "was never begun in this journal")
            kind = "not_sent" if task_id is None else "accepted"
            _append(file, {"id": submission_id, "fingerprint": entry.fingerprint, "kind": kind, "task_id": task_id})

    def _begin(self, submission: Submission) -> TaskId | None:
        with self._locked() as file:
            entry = self._entries.get(submission.id)
            if entry is not None:
                if entry.fingerprint not in {submission.fingerprint, None}:
                    raise InvalidRequest("submission_id", f"was used {entry.at} for another request")
                if entry.kind == "accepted":
                    return _task_of(entry)
                if entry.kind not in MAY_GO_AGAIN:
                    raise Unanswered(_unsettled(submission, entry), may_be_charged=True)
            _append(file, {**asdict(submission), "kind": "begun"})
            return None

    def _end(self, submission: Submission, outcome: Outcome) -> None:
        with self._locked() as file:
            _append(file, {**asdict(submission), **asdict(outcome)})

    @contextmanager
    def _locked(self) -> Generator[int]:
        """The file, ours alone until the end, and `_entries` as it stands there."""
        import fcntl  # noqa: PLC0415 - Windows has none, and shall import this package all the same

        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # between threads too: each has opened the file for itself
            self._catch_up(file)
            yield file
        finally:
            os.close(file)

    def _catch_up(self, file: int) -> None:
        """Reads what was appended since, by whomever. A file that was put in its place is read anew."""
        stat = os.fstat(file)
        if (stat.st_dev, stat.st_ino) != self._file or stat.st_size < self._read_bytes:
            self._file, self._read_bytes, self._entries = (stat.st_dev, stat.st_ino), 0, {}
            _sync_folder(self._path.parent)  # the file's name shall outlive a power cut, as its lines do
        for line in os.pread(file, stat.st_size - self._read_bytes, self._read_bytes).splitlines():
            self._learn(line)
        self._read_bytes = stat.st_size

    def _learn(self, line: bytes) -> None:
        try:
            said = cast("object", json.loads(line))
        except ValueError:
            if torn := TORN_ID.match(line):
                self._entries[json.loads(torn[1])] = _Entry()
            return
        if isinstance(said, dict):
            fields = {name: value for name, value in cast("dict[str, object]", said).items() if isinstance(value, str)}
            known = {name: fields[name] for name in ("fingerprint", "kind", "task_id", "at") if name in fields}
            self._entries[fields.get("id", "")] = _Entry(**known)


def _append(file: int, entry: dict[str, object]) -> None:
    """On disk when it returns. A line that cannot be written whole is taken back."""
    size = os.fstat(file).st_size
    at = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps({"id": entry["id"], "at": at, **entry}).encode() + b"\n"
    if size and os.pread(file, 1, size - 1) != b"\n":
        line = b"\n" + line  # the last one was broken off
    try:
        if os.write(file, line) != len(line):
            raise OSError("the disk took a part of the line")
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _task_of(entry: _Entry) -> TaskId:
    if entry.task_id is None:
        why = f"was used {entry.at} for a request that was answered at once; to ask again, use a new one"
        raise InvalidRequest("submission_id", why)
    return TaskId(entry.task_id)


def _unsettled(submission: Submission, entry: _Entry) -> str:
    return (
        f"submission {submission.id!r} ({submission.feature}) was begun, last {entry.at}, and what came of it is not "
        "known: it is under way elsewhere, or was cut off, and may be charged. Look for it in the gateway's own list: "
        "if it is there, settle it with its task's id; if it is not, settle it without, and it may be sent again"
    )
