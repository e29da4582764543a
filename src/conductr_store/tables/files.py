"""Files in Media, and which of them are one cover in several sizes."""

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
    text,
)

from conductr_store.columns import Moment, Words

from .base import metadata

# As text: both engines use a partial index only where a query repeats its condition word for word.
EVICTABLE = text("state = 'ready' AND refetchable")

media_files = Table(
    "media_files",
    metadata,
    Column("key", Words, primary_key=True),
    Column("folder", Words, nullable=False),  # the key's first two letters: compared alike in every collation
    Column("kind", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("size_bytes", BigInteger),
    Column("refetchable", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    CheckConstraint("size_bytes >= 0", name="size_bytes"),
    Index(None, "folder"),
    Index("ix_media_files_evictable", "used_at", sqlite_where=EVICTABLE, postgresql_where=EVICTABLE),
)

cover_sizes = Table(
    "cover_sizes",
    metadata,
    Column("cover_key", Words, ForeignKey("media_files.key"), primary_key=True),
    Column("size_px", Integer, primary_key=True, autoincrement=False),
    Column("key", Words, ForeignKey("media_files.key"), nullable=False),
    CheckConstraint("size_px > 0", name="size_px"),
    Index(None, "key"),
)
