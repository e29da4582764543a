"""Songs, found by guild and time; their genres, and the words of their lyrics with times."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from conductr_store.columns import Lines, Moment, Words

from .base import metadata

# As text, as in tables/generations.py: a partial index serves only queries that repeat its condition word for word.
PLAYED = text("last_played_at IS NOT NULL")
BORN_OF = text("parent_id IS NOT NULL")
DELETED = text("deleted_at IS NOT NULL")
FILES = {key: text(f"{key} IS NOT NULL") for key in ("audio_key", "opus_key", "cover_key")}

songs = Table(
    "songs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("generation_id", Words, ForeignKey("generations.id"), nullable=False),
    Column("take", Integer, nullable=False),
    Column("clip_id", Words, nullable=False),
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), nullable=False),
    Column("owner_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("title", Words, nullable=False),
    Column("style", Words),
    Column("lyrics", Words),
    Column("prompt", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("duration_s", Float),
    Column("stream_url", Words),
    Column("audio_key", Words),
    Column("opus_key", Words),
    Column("cover_key", Words),
    Column("created_at", Moment, nullable=False),
    Column("provider", Words),
    Column("task_id", Words),
    Column("tags", Lines, nullable=False, server_default=text("''")),  # one a line
    Column("loudness_lufs", Float),
    Column("visibility", Words, nullable=False, server_default="guild"),
    Column("parent_id", Words, ForeignKey("songs.id")),
    Column("play_count", Integer, nullable=False, server_default="0"),
    Column("last_played_at", Moment),
    Column("rights", Words),
    Column("deleted_at", Moment),
    UniqueConstraint("generation_id", "take"),
    CheckConstraint("play_count >= 0", name="play_count"),
    CheckConstraint("parent_id <> id", name="parent"),
    Index(None, "guild_id", "created_at"),
    Index(None, "owner_id", "created_at"),
    Index("ix_songs_played", "guild_id", "last_played_at", sqlite_where=PLAYED, postgresql_where=PLAYED),
    Index("ix_songs_parent", "parent_id", sqlite_where=BORN_OF, postgresql_where=BORN_OF),
    *(Index(f"ix_songs_{key}", key, sqlite_where=named, postgresql_where=named) for key, named in FILES.items()),
    Index("ix_songs_deleted", "deleted_at", sqlite_where=DELETED, postgresql_where=DELETED),
)

# What tags and style say, for counts and filters: derived, so it can be made anew where the vocabulary has grown.
song_genres = Table(
    "song_genres",
    metadata,
    Column("song_id", Words, ForeignKey("songs.id", ondelete="CASCADE"), primary_key=True),
    Column("genre", Words, primary_key=True),
    Index(None, "genre", "song_id"),
)

# Apart from `songs`, since they are long and only read while the song plays: [[text, start_s, end_s], ...]
sung_lyrics = Table(
    "sung_lyrics",
    metadata,
    Column("song_id", Words, ForeignKey("songs.id", ondelete="CASCADE"), primary_key=True),
    Column("words", JSON, nullable=False),
)
