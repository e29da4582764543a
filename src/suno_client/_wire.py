"""What crosses between a dialect and the transport: a call to send, and the answer that came. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal

LONGEST_WAIT_S = 300.0  # a Retry-After above this is not believed
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "cf-ray")


Family = Literal["A", "B", "upload", "gcui"]  # endpoints whose codes mean the same (suno.md 2A.2)


@dataclass(frozen=True, slots=True)
class File:
    """A form's file."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the gateway. `spends`: an answer that is lost may have cost credits, so it is sent once.

    With a `file`, `body` holds the form's other fields. `upload`: it goes to the gateway's host for files.
    """

    method: Literal["GET", "POST"]
    path: str
    params: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)  # a prompt is nobody else's business
    spends: bool = False
    family: Family = "A"
    upload: bool = False
    file: File | None = None
    patience_s: float = 0.0  # how long the gateway may be silent at least, where it does more than to take a note


@dataclass(frozen=True, slots=True)
class Answer:
    """Header names are in lower case. `body` never holds the key: the transport has blotted it out."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def request_id(self) -> str | None:
        return next((self.headers[name] for name in REQUEST_ID_HEADERS if self.headers.get(name)), None)

    @property
    def retry_after_s(self) -> float | None:
        """Seconds asked for, as milliseconds, as seconds or as a date; at most LONGEST_WAIT_S."""
        asked_ms = retry_after(self.headers.get("retry-after-ms"), None, per_second=1_000)
        if asked_ms is not None:
            return asked_ms
        return retry_after(self.headers.get("retry-after"), self.headers.get("date"))

    @property
    def should_retry(self) -> bool | None:
        """What the server itself says on whether to try again, where it says so."""
        return {"true": True, "false": False}.get(self.headers.get("x-should-retry", "").strip().lower())


def retry_after(asked: str | None, date: str | None, *, per_second: float = 1) -> float | None:
    """A date is measured against the server's own `date`, so a wrong clock here does no harm."""
    if not asked:
        return None
    try:
        seconds = float(asked) / per_second
    except ValueError:
        if not date:
            return None
        try:
            seconds = (parsedate_to_datetime(asked) - parsedate_to_datetime(date)).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if seconds == seconds else None  # noqa: PLR0124 - NaN is unequal to itself
