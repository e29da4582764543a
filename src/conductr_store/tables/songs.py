"""Songs, found by guild and time."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from conductr_store.columns import Moment, Words

from .base import metadata

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
    Column("found_by", Words, nullable=False),  # title, style and prompt, folded: search is the same on every engine
    UniqueConstraint("generation_id", "take"),
    Index(None, "guild_id", "created_at"),
)
