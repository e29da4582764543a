"""Favourites and playlists; which playlist is the active one of a member or a guild."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from conductr_store.columns import Moment, Words

from .base import metadata

OWN = text("guild_id IS NULL AND deleted_at IS NULL")
OF_GUILD = text("guild_id IS NOT NULL AND deleted_at IS NULL")
DELETED = text("deleted_at IS NOT NULL")

favourites = Table(
    "favourites",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("song_id", Words, ForeignKey("songs.id"), primary_key=True),
    Column("added_at", Moment, nullable=False),
    Index(None, "user_id", "added_at", "song_id"),
    Index(None, "song_id"),
)

playlists = Table(
    "playlists",
    metadata,
    Column("id", Words, primary_key=True),
    Column("owner_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("guild_id", BigInteger, ForeignKey("guilds.id")),  # None: the owner's own, in no guild
    Column("name", Words, nullable=False),
    Column("named_by", Words, nullable=False),  # the name, folded: one name is not given twice
    Column("collaborative", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("share_hash", Words),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    CheckConstraint("version >= 1", name="version"),
    UniqueConstraint("share_hash"),
    Index("uq_playlists_own_name", "owner_id", "named_by", unique=True, sqlite_where=OWN, postgresql_where=OWN),
    Index(
        "uq_playlists_guild_name", "guild_id", "named_by", unique=True, sqlite_where=OF_GUILD, postgresql_where=OF_GUILD
    ),
    Index("ix_playlists_deleted", "deleted_at", sqlite_where=DELETED, postgresql_where=DELETED),
)

playlist_songs = Table(
    "playlist_songs",
    metadata,
    Column("playlist_id", Words, ForeignKey("playlists.id", ondelete="CASCADE"), primary_key=True),
    Column("song_id", Words, ForeignKey("songs.id"), primary_key=True),
    Column("rank", BigInteger, nullable=False),  # with gaps: a song moves by getting a number between two others
    Column("added_by", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
    Index(None, "playlist_id", "rank"),
    Index(None, "song_id"),
)

# Which playlist a member means in a guild where none is named.
active_playlists = Table(
    "active_playlists",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("playlist_id", Words, ForeignKey("playlists.id", ondelete="CASCADE"), nullable=False),
    Index(None, "playlist_id"),
)

# The same for members who chose none.
guild_playlists = Table(
    "guild_playlists",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("playlist_id", Words, ForeignKey("playlists.id", ondelete="CASCADE"), nullable=False),
    Index(None, "playlist_id"),
)
