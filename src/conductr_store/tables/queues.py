"""Queues: one snapshot a guild, the log of what changed it, and the lease of who plays."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
)

from conductr_store.columns import Moment, Words

from .base import metadata

queues = Table(
    "queues",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("position_s", Float, nullable=False),
    Column("session", JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="0"),
)

queue_events = Table(
    "queue_events",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("command_id", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("data", JSON, nullable=False),
    Column("epoch", BigInteger),
    Column("written_at", Moment, nullable=False),
    UniqueConstraint("command_id"),
    Index(None, "written_at"),
)

guild_leases = Table(
    "guild_leases",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("owner", Words, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("until", Moment, nullable=False),
)
