"""Queues: a guild's player as it was last heard, what changed it, and who may play there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from .moments import now, utc


@frozen
class QueueSnapshot:
    """A guild's player as plain data. `seq` grows with each change: an older snapshot never replaces a newer one.

    `version` counts the recorded commands; only the store raises it.
    """

    guild_id: int
    seq: int
    position_s: float
    session: Mapping[str, object]
    updated_at: datetime = field(factory=now, converter=utc)
    version: int = 0


@frozen
class QueueEvent:
    """One command that changed a guild's queue into `version`. `epoch` is of the lease that it was written under."""

    guild_id: int
    version: int
    command_id: str
    kind: str
    data: Mapping[str, object]
    epoch: int | None
    written_at: datetime = field(converter=utc)


@frozen
class Lease:
    """A guild's player is `owner`'s until then. `epoch` grows each time it changes hands, and never falls."""

    guild_id: int
    owner: str
    epoch: int
    until: datetime = field(converter=utc)
