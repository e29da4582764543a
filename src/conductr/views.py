"""What people are shown of songs, queues and generations: frozen, and free of database and player types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen


@frozen
class SongView:
    id: str
    title: str
    style: str | None
    duration_s: float | None  # None while the song is growing
    take: int  # 0 or 1
    state: str  # growing, ready, failed
    has_cover: bool
    owner_id: int
    owner_name: str
    prompt: str
    created_at: datetime


@frozen
class EntryView:
    """One place in a queue, with what a card needs to draw it."""

    entry_id: str
    song_id: str
    title: str
    style: str | None
    duration_s: float | None
    requested_by: int
    requested_by_name: str
    has_cover: bool


@frozen
class QueueView:
    guild_id: int
    state: str  # idle, waiting (all that is left still renders), loading, playing, paused
    current: EntryView | None
    position_s: float
    upcoming: tuple[EntryView, ...]  # the first hundred
    upcoming_count: int
    total_s: float  # of current and upcoming; growing songs count 0
    seq: int


@frozen
class GenerationView:
    id: str
    guild_id: int
    user_id: int
    prompt: str
    state: str  # requested, submitting, submitted, composing, playable, finished, refused, failed, unknown
    reason: str | None  # why refused, failed or unknown, in plain words
    songs: tuple[SongView, ...]
    reply_to: Mapping[str, object] | None
    told: str | None
    created_at: datetime
    place: int | None = None  # in line while it waits to be sent; 1 is next
    needs_decision: bool = False  # Suno's answer was lost, and a person has to say what became of it
    cancelled: bool = False
    repeated: bool = False  # the wish was made before: this is the song of then, and costs nothing


@frozen
class UnsettledView:
    """A wish whose answer was lost, for who decides what became of it."""

    generation_id: str
    asked_at: datetime
    user_name: str
    prompt: str
    provider: str | None  # None for a wish from before attempts were written down
    reason: str | None  # what is known of it, and what the account's balance speaks for


@frozen
class PageView:
    songs: tuple[SongView, ...]
    total: int
    offset: int
