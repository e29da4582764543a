"""What the routes of one sandbox share."""

from __future__ import annotations

from dataclasses import dataclass

from suno_client.sandbox.connections import Listener
from suno_client.sandbox.music.studio import Studio
from suno_client.sandbox.script import FaultBook
from suno_client.sandbox.tasks import TaskBook


@dataclass(frozen=True)
class House:
    """One running sandbox: its books, its studio, and what it was told at the start. `key` None lets any key in."""

    url: str
    key: str | None
    seed: int
    music_seconds: float | None
    errors_as_200: bool
    listener: Listener
    studio: Studio
    book: TaskBook
    faults: FaultBook
