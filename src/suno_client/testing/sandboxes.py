"""A sandbox as a test holds it: clients of it, faults for it, what it has seen. One face, in process or as a server."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import httpx

from suno_client import Limiter, Polling, SunoClient
from suno_client.client import ClientOptions

from .fake import NEVER_TWICE, NO_LIMIT

Dialect = Literal["sunoapi", "kie", "gcui"]
SOON = Polling(first_s=0.05, max_s=0.2, floor_s=0)


@dataclass(frozen=True)
class SandboxSettings:
    """What a test may want of its sandbox. `speed`: how much faster its stages pass than a patient listener's.

    `music_seconds`: the length of songs whose request names none. `key` None lets any key in.
    """

    dialect: Dialect = "sunoapi"
    speed: float = 20.0
    music_seconds: float = 6.0
    key: str | None = None
    credits: int = 1_000
    seed: int = 0
    script: str = "sandbox"
    webhook_key: str | None = None


class Sandbox(ABC):
    """One running sandbox. Nothing here waits, so that it may be called from any kind of test."""

    def __init__(self, settings: SandboxSettings, url: str) -> None:
        self.settings = settings
        self.url = url

    @property
    def dialect(self) -> Dialect:
        return self.settings.dialect

    @property
    def key(self) -> str:
        """A key that is let in; for the self-hosted server a cookie."""
        key = self.settings.key or "sandbox"
        return f"__client={key}" if self.dialect == "gcui" else key

    def client(self, key: str | None = None, **options: Unpack[ClientOptions]) -> SunoClient:
        """A real client of this sandbox; unless told otherwise it looks often, and sends each submission once."""
        client = SunoClient(
            self.key if key is None else key,
            base_url=self.url,
            dialect=self.dialect,
            http=self.http(),
            polling=options.pop("polling", SOON),
            retrying=options.pop("retrying", NEVER_TWICE),
            limiter=Limiter(NO_LIMIT, 0),
        )
        return client.with_options(**options)

    def fault(
        self,
        on: str,
        fault: str,
        *,
        times: int = 1,
        path: str | None = None,
        seconds: float = 0.2,
        http_status: int | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        """Lets the next `times` answers of kind `on` go wrong, of the endpoint `path` only where it is named.

        Raises UnknownFault, which lists the kinds and their faults.
        """
        told = {"on": on, "fault": fault, "times": times, "path": path, "seconds": seconds}
        self._add_fault({**told, "httpStatus": http_status, "retryAfter": retry_after_s})

    @abstractmethod
    def http(self) -> httpx.AsyncClient | None:
        """The way to it that a client needs, None where it is the network. Its own `http` works with `url`."""

    @abstractmethod
    def ledger(self) -> dict[str, Any]:
        """What was accepted, oldest first, under "submissions"; and the counts of the rest."""

    @abstractmethod
    def set_credits(self, balance: float) -> None: ...

    @abstractmethod
    def reset(self) -> None:
        """Forgets songs, faults and counts, and gives the credits back."""

    @abstractmethod
    def _add_fault(self, told: dict[str, object]) -> None: ...
