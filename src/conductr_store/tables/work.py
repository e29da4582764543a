"""Work: paid attempts, jobs, the quota ledger, commands and notices."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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
from conductr_store.records import LIVE_STATES, AttemptState

from .base import metadata
from .leases import lease_columns

# As text, not as parameters: both engines use a partial index only where a query repeats its condition word for word.
LIVE = text(f"state IN ({', '.join(repr(state.value) for state in LIVE_STATES)})")
UNSURE = text(f"state = {AttemptState.UNKNOWN.value!r}")
OPEN = text("state IN ('waiting', 'running')")
UNSETTLED = text("status IN ('waiting', 'taken')")
UNSENT = text("state = 'waiting'")

attempts = Table(
    "generation_attempts",
    metadata,
    Column("id", Words, primary_key=True),
    Column("generation_id", Words, ForeignKey("generations.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("provider", Words, nullable=False),
    Column("nonce_hash", Words, nullable=False),
    Column("key_id", Words),
    Column("credit_before", BigInteger),
    Column("task_id", Words),
    Column("state", Words, nullable=False),
    Column("reason", Words),
    Column("submitted_at", Moment, nullable=False),
    Column("settled_at", Moment),
    UniqueConstraint("generation_id", "number"),
    UniqueConstraint("nonce_hash"),
    UniqueConstraint("provider", "task_id"),
    Index("ix_generation_attempts_recent", "provider", "submitted_at"),
    Index("uq_generation_attempts_live", "generation_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    Index("ix_generation_attempts_unsure", "submitted_at", sqlite_where=UNSURE, postgresql_where=UNSURE),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("payload", JSON(none_as_null=True)),
    Column("attempt", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    *lease_columns(),
    Column("last_error", Words),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("kind", "key"),
    CheckConstraint("attempt <= max_attempts", name="attempt"),
    Index("ix_jobs_open", "kind", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
)

accounts = Table(
    "ledger_accounts",
    metadata,
    Column("account", Words, primary_key=True),
    Column("base", BigInteger, nullable=False),
    Column("granted", BigInteger, nullable=False),
    Column("available", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("consumed", BigInteger, nullable=False),
    Column("touched_at", Moment, nullable=False),
    CheckConstraint("granted = available + reserved + consumed", name="conserved"),
    CheckConstraint("base >= 0 AND granted >= 0 AND reserved >= 0 AND consumed >= 0", name="positive"),
)

entries = Table(
    "ledger_entries",
    metadata,
    Column("ref", Words, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("account", Words, ForeignKey("ledger_accounts.account"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("written_at", Moment, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    Index(None, "account"),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Words, primary_key=True),
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), nullable=False),
    Column("actor_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("args", JSON, nullable=False),
    Column("status", Words, nullable=False),
    Column("result", JSON(none_as_null=True)),
    *lease_columns(),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Index("ix_commands_unsettled", "created_at", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Words, primary_key=True),
    Column("dedupe", Words, nullable=False),
    Column("target", JSON, nullable=False),
    Column("kind", Words, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", Words, nullable=False),
    Column("message_id", BigInteger),
    Column("revision", Integer, nullable=False),
    Column("claimed_revision", Integer),
    Column("attempt", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    *lease_columns(),
    Column("last_error", Words),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("dedupe"),
    Index("ix_notices_unsent", "due_at", sqlite_where=UNSENT, postgresql_where=UNSENT),
)
