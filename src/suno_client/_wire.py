"""What crosses between a dialect and the transport: a call to send, and the answer that came. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal

LONGEST_WAIT_S = 300.0  # a Retry-After above this is not believed
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "cf-ray")


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the gateway. `spends`: an answer that is lost may have cost credits, so it is sent once."""

    method: Literal["GET", "POST"]
    path: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, object] | None = field(default=None, repr=False)  # a prompt is nobody else's business
    spends: bool = False


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
        """Seconds asked for by Retry-After, whether as a number or as a date; at most LONGEST_WAIT_S."""
        return retry_after(self.headers.get("retry-after"), self.headers.get("date"))


def retry_after(asked: str | None, date: str | None) -> float | None:
    """A date is measured against the server's own `date`, so a wrong clock here does no harm."""
    if not asked:
        return None
    try:
        seconds = float(asked)
    except ValueError:
        if not date:
            return None
        try:
            seconds = (parsedate_to_datetime(asked) - parsedate_to_datetime(date)).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if seconds == seconds else None  # noqa: PLR0124 - NaN is unequal to itself
