"""Work: attempts, jobs, quota, commands, notices, the log of queues, and what generations know of them.

Revision 0005.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('submitting', 'accepted', 'unknown', 'needs_decision')")
UNSURE = sa.text("state = 'unknown'")
OPEN = sa.text("state IN ('waiting', 'running')")
UNSETTLED = sa.text("status IN ('waiting', 'taken')")
UNSENT = sa.text("state = 'waiting'")


def upgrade() -> None:
    _generations()
    _attempts()
    _jobs()
    _ledger()
    _commands()
    _notices()
    _queues()


def downgrade() -> None:
    op.drop_column("queues", "version")
    made = ("guild_leases", "queue_events", "notices", "commands", "ledger_entries", "ledger_accounts", "jobs")
    for table in (*made, "generation_attempts"):
        op.drop_table(table)
    op.drop_index("ix_generations_wish", "generations")
    for column in ("tried_before", "wish_key", "quota_ref", "cancelled_at"):
        op.drop_column("generations", column)


def _generations() -> None:
    op.add_column("generations", _moment("cancelled_at", nullable=True))
    op.add_column("generations", _words("quota_ref", nullable=True))
    op.add_column("generations", _words("wish_key", nullable=True))
    op.add_column("generations", _count("tried_before", nullable=True))
    op.create_index("ix_generations_wish", "generations", ["guild_id", "wish_key", "created_at"])


def _attempts() -> None:
    table = "generation_attempts"
    op.create_table(
        table,
        *(_words(name) for name in ("id", "generation_id")),
        _count("number"),
        *(_words(name) for name in ("provider", "nonce_hash")),
        _words("key_id", nullable=True),
        _number("credit_before", nullable=True),
        _words("task_id", nullable=True),
        _words("state"),
        _words("reason", nullable=True),
        _moment("submitted_at"),
        _moment("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_generation_attempts"),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name="fk_generation_attempts_generation_id"),
        sa.UniqueConstraint("generation_id", "number", name="uq_generation_attempts_generation_id_number"),
        sa.UniqueConstraint("nonce_hash", name="uq_generation_attempts_nonce_hash"),
        sa.UniqueConstraint("provider", "task_id", name="uq_generation_attempts_provider_task_id"),
    )
    op.create_index("ix_generation_attempts_recent", table, ["provider", "submitted_at"])
    _partial_index("uq_generation_attempts_live", table, ["generation_id"], LIVE, unique=True)
    _partial_index("ix_generation_attempts_unsure", table, ["submitted_at"], UNSURE)


def _jobs() -> None:
    op.create_table(
        "jobs",
        *(_words(name) for name in ("id", "kind", "key", "state")),
        sa.Column("payload", sa.JSON),
        *(_count(name) for name in ("attempt", "max_attempts")),
        _moment("due_at"),
        *_lease(),
        _words("last_error", nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("kind", "key", name="uq_jobs_kind_key"),
        sa.CheckConstraint("attempt <= max_attempts", name=op.f("ck_jobs_attempt")),
    )
    _partial_index("ix_jobs_open", "jobs", ["kind", "due_at"], OPEN)


def _ledger() -> None:
    op.create_table(
        "ledger_accounts",
        _words("account"),
        *(_number(name) for name in ("base", "granted", "available", "reserved", "consumed")),
        _moment("touched_at"),
        sa.PrimaryKeyConstraint("account", name="pk_ledger_accounts"),
        sa.CheckConstraint("granted = available + reserved + consumed", name=op.f("ck_ledger_accounts_conserved")),
        sa.CheckConstraint(
            "base >= 0 AND granted >= 0 AND reserved >= 0 AND consumed >= 0", name=op.f("ck_ledger_accounts_positive")
        ),
    )
    op.create_table(
        "ledger_entries",
        *(_words(name) for name in ("ref", "kind")),
        _count("line", autoincrement=False),
        _words("account"),
        _number("amount"),
        _moment("written_at"),
        sa.PrimaryKeyConstraint("ref", "kind", "line", name="pk_ledger_entries"),
        sa.ForeignKeyConstraint(["account"], ["ledger_accounts.account"], name="fk_ledger_entries_account"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_entries_amount")),
    )
    op.create_index("ix_ledger_entries_account", "ledger_entries", ["account"])


def _commands() -> None:
    op.create_table(
        "commands",
        _words("id"),
        *(_number(name) for name in ("guild_id", "actor_id")),
        _words("kind"),
        sa.Column("args", sa.JSON, nullable=False),
        _words("status"),
        sa.Column("result", sa.JSON),
        *_lease(),
        _moment("created_at"),
        _moment("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_commands_guild_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_commands_actor_id"),
    )
    _partial_index("ix_commands_unsettled", "commands", ["created_at"], UNSETTLED)


def _notices() -> None:
    op.create_table(
        "notices",
        *(_words(name) for name in ("id", "dedupe")),
        sa.Column("target", sa.JSON, nullable=False),
        _words("kind"),
        sa.Column("body", sa.JSON, nullable=False),
        _words("state"),
        _number("message_id", nullable=True),
        _count("revision"),
        _count("claimed_revision", nullable=True),
        _count("attempt"),
        _moment("due_at"),
        *_lease(),
        _words("last_error", nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("dedupe", name="uq_notices_dedupe"),
    )
    _partial_index("ix_notices_unsent", "notices", ["due_at"], UNSENT)


def _queues() -> None:
    op.add_column("queues", _number("version", server_default="0"))
    op.create_table(
        "queue_events",
        *(_number(name, autoincrement=False) for name in ("guild_id", "version")),
        *(_words(name) for name in ("command_id", "kind")),
        sa.Column("data", sa.JSON, nullable=False),
        _number("epoch", nullable=True),
        _moment("written_at"),
        sa.PrimaryKeyConstraint("guild_id", "version", name="pk_queue_events"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_queue_events_guild_id"),
        sa.UniqueConstraint("command_id", name="uq_queue_events_command_id"),
    )
    op.create_index("ix_queue_events_written_at", "queue_events", ["written_at"])
    op.create_table(
        "guild_leases",
        _number("guild_id", autoincrement=False),
        _words("owner"),
        _number("epoch"),
        _moment("until"),
        sa.PrimaryKeyConstraint("guild_id", name="pk_guild_leases"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_guild_leases_guild_id"),
    )


def _lease() -> tuple[sa.Column[Any], ...]:
    return _words("lease_owner", nullable=True), _number("lease_epoch"), _moment("lease_until", nullable=True)


def _words(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _count(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=nullable, **options)


def _number(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable, **options)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _partial_index(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
