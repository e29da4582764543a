"""What a client may be told for some calls and not for others: `client.with_options(...)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ._polling import Polling
from ._retrying import Retrying
from .errors import InvalidRequest, SunoError
from .journal import Journal

NO_CALLBACK = "https://localhost/conductr/no-callback"  # gateways demand an address even from those who poll
OWN_HEADERS = frozenset({"authorization", "cookie", "host", "content-length", "content-type"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call to the gateway as it went, for metrics and traces. No prompt, no key, no query is in it."""

    dialect: str
    feature: str
    method: str
    path: str
    attempt: int
    took_s: float
    status: int | None = None
    request_id: str | None = None
    error: SunoError | None = None


Observe = Callable[[Exchange], None]


@dataclass(frozen=True, slots=True)
class Options:
    """See SunoClient for each."""

    timeout_s: float = 20.0
    callback_url: str = field(default=NO_CALLBACK, repr=False)  # may hold a token
    polling: Polling = field(default_factory=Polling)
    retrying: Retrying = field(default_factory=Retrying)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    journal: Journal | None = field(default=None, repr=False)
    submission_id: str | None = None
    observe: Observe | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s < float("inf"):
            raise InvalidRequest("timeout_s", "is a time in seconds, more than 0")
        if not self.callback_url.startswith(("https://", "http://")):
            raise InvalidRequest("callback_url", "is no address of http or https")
        if self.submission_id is not None and not self.submission_id.strip():
            raise InvalidRequest("submission_id", "is empty")
        if taken := sorted(name for name in self.headers if name.lower() in OWN_HEADERS):
            raise InvalidRequest("headers", f"{taken[0]} is the client's own to set")
