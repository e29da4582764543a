"""Songs: takes that are kept, who may hear them, and what a search finds of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.converters import optional

from conductr_store.genres import genres_of

from .moments import now, utc


class SongState(StrEnum):
    GROWING = "growing"
    READY = "ready"
    FAILED = "failed"


class Visibility(StrEnum):
    """Who finds and hears a song besides its owner: nobody, the members of its guild, everybody."""

    PRIVATE = "private"
    GUILD = "guild"
    PUBLIC = "public"


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    """One line each, as they are kept."""
    return tuple(tag for tag in (" ".join(tag.split()) for tag in tags) if tag)


@frozen(kw_only=True)
class Song:
    """One take of a generation. Keys name its files in Media; `stream_url` is where it can be heard while it grows.

    `task_id` is `provider`'s own; `parent_id` the song that it was made from; `rights` a note on who may use it.
    `loudness_lufs` is what was measured before levelling. A deleted song keeps its row while others speak of it.
    """

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
    provider: str | None = None
    task_id: str | None = None
    tags: tuple[str, ...] = field(default=(), converter=_tags)
    loudness_lufs: float | None = None
    visibility: Visibility = field(default=Visibility.GUILD, converter=Visibility)
    parent_id: str | None = None
    play_count: int = 0
    last_played_at: datetime | None = field(default=None, converter=optional(utc))
    rights: str | None = None
    deleted_at: datetime | None = field(default=None, converter=optional(utc))

    @property
    def genres(self) -> tuple[str, ...]:
        """What its tags and style name of the vocabulary, with the broader genres."""
        return genres_of(*self.tags, self.style)

    def open_to(self, user_id: int | None, guild_id: int | None) -> bool:
        """Whether a user, or None for somebody without an account, may find and hear it in a guild (or in none)."""
        if self.deleted_at is not None:
            return False
        match self.visibility:
            case Visibility.PUBLIC:
                return True
            case Visibility.GUILD:
                return guild_id == self.guild_id or user_id == self.owner_id
            case Visibility.PRIVATE:
                return user_id == self.owner_id


@frozen
class SungWord:
    """A word of a song's lyrics, and when it is sung: seconds from the start of the song."""

    text: str
    start_s: float
    end_s: float
