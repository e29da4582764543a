"""Songs: takes that are kept, and what a search finds of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from .moments import now, utc


class SongState(StrEnum):
    GROWING = "growing"
    READY = "ready"
    FAILED = "failed"


@frozen(kw_only=True)
class Song:
    """One take of a generation. Keys name its files in Media; `stream_url` is where it can be heard while it grows."""

    id: str
    generation_id: str
    take: int
    clip_id: str
    guild_id: int
    owner_id: int
    title: str
    style: str | None = None
    lyrics: str | None = None
    prompt: str = ""
    model: str
    state: SongState = field(default=SongState.GROWING, converter=SongState)
    duration_s: float | None = None
    stream_url: str | None = None
    audio_key: str | None = None
    opus_key: str | None = None
    cover_key: str | None = None
    created_at: datetime = field(factory=now, converter=utc)


@frozen
class Page:
    """A stretch of the songs that a search found. `total` counts all of them."""

    items: tuple[Song, ...]
    total: int
