"""What the store hands out and takes in: frozen rows. Every moment in them is aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.converters import optional


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. A naive one is refused: nobody knows which moment it is."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be kept; use datetime.now(UTC)")
    return moment.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


class GenerationState(StrEnum):
    """How far a wish for a song has come. Written before each step that costs money."""

    REQUESTED = "requested"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    COMPOSING = "composing"
    PLAYABLE = "playable"
    FINISHED = "finished"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """Nothing more will happen to it."""
        return self in FINAL_STATES


FINAL_STATES = (GenerationState.FINISHED, GenerationState.REFUSED, GenerationState.FAILED, GenerationState.UNKNOWN)


class SongState(StrEnum):
    GROWING = "growing"
    READY = "ready"
    FAILED = "failed"


@frozen
class User:
    id: int
    name: str


@frozen
class Guild:
    id: int
    name: str
    volume: int = 100  # percent


@frozen(kw_only=True)
class Generation:
    """One wish for a song. `request_key` names the request, so that the same one is never paid for twice.

    A row is worked on by `lease_owner` until `lease_until`; without an owner, `lease_until` is when it is due again.
    `told` is the last state that the member was told of; `reason` says in plain words why it ended badly.
    """

    id: str
    guild_id: int
    user_id: int
    request_key: str
    prompt: str
    style: str | None = None
    title: str | None = None
    lyrics: str | None = None
    instrumental: bool = False
    model: str
    state: GenerationState = field(default=GenerationState.REQUESTED, converter=GenerationState)
    task_id: str | None = None
    reason: str | None = None
    reply_to: Mapping[str, object] | None = None
    told: GenerationState | None = field(default=None, converter=optional(GenerationState))
    lease_owner: str | None = None
    lease_until: datetime | None = field(default=None, converter=optional(utc))
    created_at: datetime = field(factory=now, converter=utc)
    updated_at: datetime = field(factory=now, converter=utc)


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


@frozen
class QueueSnapshot:
    """A guild's player as plain data. `seq` grows with each change: an older snapshot never replaces a newer one."""

    guild_id: int
    seq: int
    position_s: float
    session: Mapping[str, object]
    updated_at: datetime = field(factory=now, converter=utc)
