"""Accounts: sealed keys, sessions by their token's hash, the audit log, and what Stripe said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from conductr_store.columns import Moment, Words

from .base import metadata

# As text, not as a parameter: both engines use a partial index only where a query repeats its condition word for word.
UNPROCESSED = text("processed_at IS NULL")
CURRENT = text("retired_at IS NULL")


def _user() -> Column[int]:
    return Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False)


def _sealed() -> tuple[Column[Any], ...]:
    """A secret at rest, and how it fared."""
    return (
        Column("provider", Words, nullable=False),
        Column("key_name", Words, nullable=False),
        Column("blob", LargeBinary, nullable=False),
        Column("ending", Words, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("used_at", Moment),
        Column("refused_at", Moment),
        Column("refused_for", Words),
        Column("retired_at", Moment),
    )


def _one_current(name: str, owner: str) -> Index:
    """One key of an owner for a provider, beside those that were replaced."""
    return Index(name, owner, "provider", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)


provider_keys = Table(
    "provider_keys",
    metadata,
    Column("id", Words, primary_key=True),
    _user(),
    *_sealed(),
    _one_current("uq_provider_keys_current", "user_id"),
)

guild_keys = Table(
    "guild_keys",
    metadata,
    Column("id", Words, primary_key=True),
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), nullable=False),
    Column("brought_by", BigInteger, ForeignKey("users.id"), nullable=False),
    *_sealed(),
    _one_current("uq_guild_keys_current", "guild_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Words, primary_key=True),
    _user(),
    Column("agent", Words),
    Column("token_hash", Words, nullable=False),
    Column("former_hash", Words),
    Column("changed_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_for", Words),
    UniqueConstraint("token_hash"),
    UniqueConstraint("former_hash"),
    Index(None, "user_id"),
)

audit = Table(  # no foreign keys: what a stranger was denied is written down too
    "audit",
    metadata,
    Column("id", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor_id", BigInteger),
    Column("guild_id", BigInteger),
    Column("action", Words, nullable=False),
    Column("target", Words),
    Column("source", Words),
    Column("outcome", Words, nullable=False),
    Column("detail", JSON, nullable=False),
    CheckConstraint("outcome IN ('done', 'denied', 'failed')", name="outcome"),
    Index(None, "guild_id", "id"),
    Index(None, "actor_id", "id"),
)

stripe_events = Table(
    "stripe_events",
    metadata,
    Column("id", Words, primary_key=True),
    Column("type", Words, nullable=False),
    Column("subject", Words),
    Column("received_at", Moment, nullable=False),
    Column("processed_at", Moment),
    Index("ix_stripe_events_waiting", "received_at", sqlite_where=UNPROCESSED, postgresql_where=UNPROCESSED),
)

customers = Table(
    "customers",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("customer_id", Words, nullable=False),
    UniqueConstraint("customer_id"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Words, primary_key=True),
    _user(),
    Column("customer_id", Words, nullable=False),
    Column("plan", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("period_start", Moment),
    Column("period_end", Moment),
    Column("ends_with_period", Boolean, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Index(None, "user_id"),
    Index(None, "customer_id"),
)
