"""Listening: what a guild heard of its songs, and what members narrow their lists to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from .moments import utc
from .songs import Song


@frozen
class Heard:
    """A song in a guild: how often it came to its end there, and how often people passed it over."""

    song: Song
    heard: int
    skipped: int
    last_at: datetime = field(converter=utc)


class NarrowedBy(StrEnum):
    GENRE = "genre"
    STYLE = "style"


@frozen
class Narrowing:
    """A member's lists in a guild show only this."""

    kind: NarrowedBy = field(converter=NarrowedBy)
    value: str


@frozen
class RadioPick:
    """The radio made that request, because of `subject`."""

    request_key: str
    guild_id: int
    reason: str
    subject: str
    picked_at: datetime = field(converter=utc)
