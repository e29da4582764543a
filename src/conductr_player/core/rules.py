"""What people choose for a guild's queue, and what holds its music. Pure."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen
from attrs.validators import ge, optional


@frozen
class Rules:
    """What a guild has agreed on. Raises ValueError for a cap below 1.

    `fair`: members take turns. `member_cap`: entries of one member that may wait; None: no cap.
    `guard_duplicates`: a track that plays or waits is not queued again.
    """

    fair: bool = False
    member_cap: int | None = field(default=None, validator=optional(ge(1)))
    guard_duplicates: bool = False


class Place(StrEnum):
    """Where new entries go. NOW interrupts: what plays goes on after them, from where it was."""

    END = "end"
    NEXT = "next"
    NOW = "now"


class PauseCause(StrEnum):
    """Who or what holds the music. Each is lifted by itself; it plays when none is left."""

    USER = "user"
    EMPTY = "empty"  # nobody listens
    MUTED = "muted"  # the bot was muted in its channel
    OUTAGE = "outage"  # no voice connection; or a session that was restored, and nobody has let it go on yet


ENVIRONMENT = frozenset({PauseCause.EMPTY, PauseCause.MUTED, PauseCause.OUTAGE})
"""Causes that are facts about the room: they are remembered where nothing plays, too."""
