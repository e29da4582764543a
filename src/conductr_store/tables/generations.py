"""Generations, which processes claim by lease."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from conductr_store.columns import Moment, Words
from conductr_store.records import FINAL_STATES

from .base import metadata
from .leases import held_columns

# As text, not as parameters: both engines use a partial index only where a query repeats its condition word for word.
UNFINISHED = text(f"state NOT IN ({', '.join(repr(state.value) for state in FINAL_STATES)})")
UNTOLD = text("(told IS NULL OR told <> state)")
UNHEARD = text("unheard_until IS NOT NULL")

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
    *held_columns(),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("cancelled_at", Moment),
    Column("quota_ref", Words),
    Column("wish_key", Words),
    Column("tried_before", Integer),
    Column("asked_at", Moment),
    Column("unheard_until", Moment),
    Column("takes", Integer),
    UniqueConstraint("request_key"),
    Index(None, "guild_id", "created_at"),
    Index("ix_generations_wish", "guild_id", "wish_key", "created_at"),
    Index("ix_generations_unfinished", "created_at", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    Index("ix_generations_unheard", "unheard_until", sqlite_where=UNHEARD, postgresql_where=UNHEARD),
    Index("ix_generations_untold", "updated_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
)
