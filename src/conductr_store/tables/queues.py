"""Queues: one snapshot a guild."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Table,
)

from conductr_store.columns import Moment

from .base import metadata

queues = Table(
    "queues",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("position_s", Float, nullable=False),
    Column("session", JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
