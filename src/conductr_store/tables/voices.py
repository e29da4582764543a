"""Voices: in which channel the bot sits in each guild, and when it has identified itself to Discord."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from conductr_store.columns import Moment, Words

from .base import metadata

voice_seats = Table(
    "voice_seats",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("taken_at", Moment, nullable=False),
)

identifies = Table(
    "identifies",
    metadata,
    Column("id", Words, primary_key=True),
    Column("shard_id", Integer, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Index(None, "sent_at"),
)
