"""What the routes of one sandbox share."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from anyio.abc import TaskGroup

from suno_client.sandbox.connections import Listener
from suno_client.sandbox.faults import FaultBook
from suno_client.sandbox.jobs import JobBook
from suno_client.sandbox.ledger import Ledger
from suno_client.sandbox.music.studio import Studio
from suno_client.sandbox.refusals import Dialect, Family, FamilyName, family_of
from suno_client.sandbox.shelf import Shelf
from suno_client.sandbox.tasks import TaskBook
from suno_client.sandbox.till import Till

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class House:
    """One running sandbox: its books, its studio, and what it was told at the start. `key` None lets any key in.

    What waits or works in the background is begun by `start`, and runs in `group`.
    """

    url: str
    key: str | None
    dialect: Dialect
    seed: int
    music_seconds: float | None
    errors_as_200: bool
    webhook_key: str | None
    callback_exception: bool
    listener: Listener
    group: TaskGroup
    studio: Studio
    book: TaskBook
    jobs: JobBook
    till: Till
    ledger: Ledger
    files: Shelf
    faults: FaultBook

    def family(self, name: FamilyName) -> Family:
        """The codes by which this dialect's endpoints of Set A or Set B refuse (suno.md 2A.2)."""
        return family_of(self.dialect, name)

    def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Runs something in the background. What breaks there breaks nothing else."""
        self.group.start_soon(_guarded, work)

    def clear(self) -> None:
        """Forgets everything, files too, and gives the credits back."""
        self.faults.clear()
        self.book.clear()
        self.jobs.clear()
        self.files.clear()
        self.till.clear()
        self.ledger.clear()


async def _guarded(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception as error:  # noqa: BLE001 - a fault of one task must not end the server of all
        _log.error("background work broke: %s", type(error).__name__, exc_info=error)
