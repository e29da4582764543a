"""Users and guilds, what they have set, and who was seen where."""

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
    Table,
    text,
)

from conductr_store.columns import Moment, Words

from .base import metadata


def _switch(name: str, default: str) -> Column[bool]:
    """`default` is what rows of before the column have."""
    return Column(name, Boolean, nullable=False, server_default=text(default))


users = Table(
    "users",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("avatar", Words),
    Column("locale", Words),
    Column("email", Words),
    Column("plan", Words, nullable=False, server_default=text("'free'")),
)

user_settings = Table(
    "user_settings",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("language", Words),
    Column("default_style", Words),
    Column("private", Boolean, nullable=False),
    Column("tell_when_done", Boolean, nullable=False),
)

guilds = Table(
    "guilds",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("volume", Integer, nullable=False),
    Column("icon", Words),
    Column("left_at", Moment),
    Column("dj_role_id", BigInteger),
    Column("skip_by", Words, nullable=False, server_default=text("'vote'")),
    Column("vote_ratio", Float, nullable=False, server_default=text("0.5")),
    Column("bound_channel_id", BigInteger),
    Column("request_channel_id", BigInteger),
    _switch("announce", "true"),
    _switch("quiet_replies", "false"),
    Column("idle_minutes", Integer, nullable=False, server_default=text("5")),
    *(_switch(name, "false") for name in ("stay", "auto_return", "radio", "fair_order", "guard_duplicates")),
    _switch("explicit_lyrics", "true"),
    Column("queue_cap", Integer),
    Column("member_running_cap", Integer),
    Column("guild_running_cap", Integer),
    Column("member_daily_quota", Integer),
    Column("guild_daily_quota", Integer),
    Column("language", Words),
    CheckConstraint("volume >= 0", name="volume"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("nickname", Words),
    Column("role_ids", JSON, nullable=False),
    Column("manages", Boolean, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("gone_at", Moment),
    Index(None, "user_id"),
)
