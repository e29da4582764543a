"""The schema as Core tables. Every constraint has a name, so that migrations can speak of it."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from .columns import Moment, Words
from .records import FINAL_STATES

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# As text, not as parameters: both engines use a partial index only where a query repeats its condition word for word.
UNFINISHED = text(f"state NOT IN ({', '.join(repr(state.value) for state in FINAL_STATES)})")
UNTOLD = text("(told IS NULL OR told <> state)")

users = Table(
    "users",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
)

guilds = Table(
    "guilds",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("volume", Integer, nullable=False),
    CheckConstraint("volume >= 0", name="volume"),
)

generations = Table(
    "generations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("request_key", Words, nullable=False),
    Column("prompt", Words, nullable=False),
    Column("style", Words),
    Column("title", Words),
    Column("lyrics", Words),
    Column("instrumental", Boolean, nullable=False),
    Column("model", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("task_id", Words),
    Column("reason", Words),
    Column("reply_to", JSON(none_as_null=True)),
    Column("told", Words),
    Column("lease_owner", Words),
    Column("lease_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("request_key"),
    Index(None, "guild_id", "created_at"),
    Index("ix_generations_unfinished", "created_at", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    Index("ix_generations_untold", "updated_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
)

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

queues = Table(
    "queues",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("position_s", Float, nullable=False),
    Column("session", JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
