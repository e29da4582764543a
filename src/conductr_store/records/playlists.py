"""Playlists and favourites: songs that people put together, and what they share of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import field, frozen
from attrs.converters import optional

from .moments import now, utc
from .songs import Song

RESTORED_WITHIN = timedelta(days=7)  # so long a deleted playlist comes back at its owner's wish


@frozen(kw_only=True)
class Playlist:
    """Songs in an order of somebody's own. With `guild_id` it is the guild's, else its owner's alone.

    `version` grows with each change, also of its songs. `collaborative`: all members of its guild may change its songs.
    `shared`: there is a link under which strangers may read it.
    """

    id: str
    owner_id: int
    guild_id: int | None = None
    name: str
    collaborative: bool = False
    version: int = 1
    shared: bool = False
    created_at: datetime = field(factory=now, converter=utc)
    updated_at: datetime = field(factory=now, converter=utc)
    deleted_at: datetime | None = field(default=None, converter=optional(utc))

    def changeable_by(self, user_id: int, guild_id: int | None = None) -> bool:
        """Whether a user who asks from a guild (or none) may change its songs. Name and end are the owner's alone."""
        fellow = self.collaborative and self.guild_id is not None and self.guild_id == guild_id
        return user_id == self.owner_id or fellow


@frozen
class PlaylistSong:
    """One place in a playlist. The song may have been deleted, or hidden, since: ask `song.open_to`."""

    song: Song
    added_by: int
    added_at: datetime = field(converter=utc)


@frozen
class Favourite:
    user_id: int
    song: Song
    added_at: datetime = field(converter=utc)
