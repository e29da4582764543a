"""Queues: a guild's player as it was last heard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from .moments import now, utc


@frozen
class QueueSnapshot:
    """A guild's player as plain data. `seq` grows with each change: an older snapshot never replaces a newer one."""

    guild_id: int
    seq: int
    position_s: float
    session: Mapping[str, object]
    updated_at: datetime = field(factory=now, converter=utc)
