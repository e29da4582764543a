"""People: accounts, settings, keys, sessions, subscriptions, audit.

Revision 0002. What users and guilds had stays as it was; what is new about them has the defaults of its day.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNPROCESSED = sa.text("processed_at IS NULL")
TABLES = (
    "subscriptions",
    "customers",
    "stripe_events",
    "audit",
    "sessions",
    "provider_keys",
    "memberships",
    "user_settings",
)


def upgrade() -> None:
    for column in _of_users():
        op.add_column("users", column)
    for column in _of_guilds():
        op.add_column("guilds", column)
    _settings_and_memberships()
    _keys()
    _sessions()
    _audit()
    _payments()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name in reversed([column.name for column in _of_guilds()]):
        op.drop_column("guilds", name)
    for name in reversed([column.name for column in _of_users()]):
        op.drop_column("users", name)


def _of_users() -> list[sa.Column[Any]]:
    plan = sa.Column("plan", sa.Text, nullable=False, server_default=sa.text("'free'"))
    return [*(_words(name, nullable=True) for name in ("avatar", "locale", "email")), plan]


def _of_guilds() -> list[sa.Column[Any]]:
    return [
        _words("icon", nullable=True),
        _moment("left_at", nullable=True),
        _number("dj_role_id", nullable=True),
        sa.Column("skip_by", sa.Text, nullable=False, server_default=sa.text("'vote'")),
        sa.Column("vote_ratio", sa.Float, nullable=False, server_default=sa.text("0.5")),
        *(_number(name, nullable=True) for name in ("bound_channel_id", "request_channel_id")),
        _switch("announce", "true"),
        _switch("quiet_replies", "false"),
        sa.Column("idle_minutes", sa.Integer, nullable=False, server_default=sa.text("5")),
        *(_switch(name, "false") for name in ("stay", "auto_return", "radio", "fair_order", "guard_duplicates")),
        _switch("explicit_lyrics", "true"),
        *(sa.Column(name, sa.Integer) for name in ("queue_cap", "member_running_cap", "guild_running_cap")),
        *(sa.Column(name, sa.Integer) for name in ("member_daily_quota", "guild_daily_quota")),
        _words("language", nullable=True),
    ]


def _settings_and_memberships() -> None:
    op.create_table(
        "user_settings",
        _number("user_id", autoincrement=False),
        *(_words(name, nullable=True) for name in ("language", "default_style")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("private", "tell_when_done")),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_settings"),
        _to("users", "user_settings", "user_id"),
    )
    op.create_table(
        "memberships",
        *(_number(name, autoincrement=False) for name in ("guild_id", "user_id")),
        _words("nickname", nullable=True),
        sa.Column("role_ids", sa.JSON, nullable=False),
        sa.Column("manages", sa.Boolean, nullable=False),
        _moment("seen_at"),
        _moment("gone_at", nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_memberships"),
        _to("guilds", "memberships", "guild_id"),
        _to("users", "memberships", "user_id"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"])


def _keys() -> None:
    op.create_table(
        "provider_keys",
        _words("id"),
        _number("user_id"),
        *(_words(name) for name in ("provider", "key_name")),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        _words("ending"),
        _moment("created_at"),
        *(_moment(name, nullable=True) for name in ("used_at", "refused_at")),
        _words("refused_for", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_provider_keys"),
        sa.UniqueConstraint("user_id", "provider", name="uq_provider_keys_user_id_provider"),
        _to("users", "provider_keys", "user_id"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        _words("id"),
        _number("user_id"),
        _words("agent", nullable=True),
        _words("token_hash"),
        _words("former_hash", nullable=True),
        _moment("changed_at"),
        _moment("confirmed_at", nullable=True),
        *(_moment(name) for name in ("created_at", "seen_at")),
        _moment("ended_at", nullable=True),
        _words("ended_for", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
        sa.UniqueConstraint("former_hash", name="uq_sessions_former_hash"),
        _to("users", "sessions", "user_id"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])


def _audit() -> None:
    op.create_table(
        "audit",
        _words("id"),
        _moment("at"),
        *(_number(name, nullable=True) for name in ("actor_id", "guild_id")),
        _words("action"),
        *(_words(name, nullable=True) for name in ("target", "source")),
        _words("outcome"),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.CheckConstraint("outcome IN ('done', 'denied', 'failed')", name=op.f("ck_audit_outcome")),
    )
    op.create_index("ix_audit_guild_id_id", "audit", ["guild_id", "id"])
    op.create_index("ix_audit_actor_id_id", "audit", ["actor_id", "id"])


def _payments() -> None:
    op.create_table(
        "stripe_events",
        *(_words(name) for name in ("id", "type")),
        _words("subject", nullable=True),
        _moment("received_at"),
        _moment("processed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_events"),
    )
    op.create_index(
        "ix_stripe_events_waiting",
        "stripe_events",
        ["received_at"],
        sqlite_where=UNPROCESSED,
        postgresql_where=UNPROCESSED,
    )
    op.create_table(
        "customers",
        _number("user_id", autoincrement=False),
        _words("customer_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_customers"),
        sa.UniqueConstraint("customer_id", name="uq_customers_customer_id"),
        _to("users", "customers", "user_id"),
    )
    op.create_table(
        "subscriptions",
        _words("id"),
        _number("user_id"),
        *(_words(name) for name in ("customer_id", "plan", "status")),
        *(_moment(name, nullable=True) for name in ("period_start", "period_end")),
        sa.Column("ends_with_period", sa.Boolean, nullable=False),
        _moment("fetched_at"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        _to("users", "subscriptions", "user_id"),
    )
    op.create_index("ix_subscriptions_user_id", "subscriptions", ["user_id"])
    op.create_index("ix_subscriptions_customer_id", "subscriptions", ["customer_id"])


def _to(target: str, table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _words(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _number(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable, **options)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _switch(name: str, default: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text(default))
