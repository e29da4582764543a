"""Users, guilds, generations, songs and queues.

Revision 0001, the first.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state NOT IN ('finished', 'refused', 'failed', 'unknown')")
UNTOLD = sa.text("(told IS NULL OR told <> state)")


def upgrade() -> None:
    _people()
    _generations()
    _songs()
    op.create_table(
        "queues",
        _number("guild_id", autoincrement=False),
        _number("seq"),
        sa.Column("position_s", sa.Float, nullable=False),
        sa.Column("session", sa.JSON, nullable=False),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("guild_id", name="pk_queues"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_queues_guild_id"),
    )


def downgrade() -> None:
    for table in ("queues", "songs", "generations", "guilds", "users"):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "users",
        _number("id", autoincrement=False),
        _words("name"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_table(
        "guilds",
        _number("id", autoincrement=False),
        _words("name"),
        sa.Column("volume", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guilds"),
        sa.CheckConstraint("volume >= 0", name=op.f("ck_guilds_volume")),
    )


def _generations() -> None:
    op.create_table(
        "generations",
        _words("id"),
        _number("guild_id"),
        _number("user_id"),
        *(_words(name) for name in ("request_key", "prompt")),
        *(_words(name, nullable=True) for name in ("style", "title", "lyrics")),
        sa.Column("instrumental", sa.Boolean, nullable=False),
        *(_words(name) for name in ("model", "state")),
        *(_words(name, nullable=True) for name in ("task_id", "reason")),
        sa.Column("reply_to", sa.JSON),
        *(_words(name, nullable=True) for name in ("told", "lease_owner")),
        _moment("lease_until", nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_generations"),
        sa.UniqueConstraint("request_key", name="uq_generations_request_key"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_generations_guild_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_generations_user_id"),
    )
    op.create_index("ix_generations_guild_id_created_at", "generations", ["guild_id", "created_at"])
    _partial_index("ix_generations_unfinished", "created_at", UNFINISHED)
    _partial_index("ix_generations_untold", "updated_at", UNTOLD)


def _songs() -> None:
    op.create_table(
        "songs",
        *(_words(name) for name in ("id", "generation_id")),
        sa.Column("take", sa.Integer, nullable=False),
        _words("clip_id"),
        _number("guild_id"),
        _number("owner_id"),
        _words("title"),
        *(_words(name, nullable=True) for name in ("style", "lyrics")),
        *(_words(name) for name in ("prompt", "model", "state")),
        sa.Column("duration_s", sa.Float),
        *(_words(name, nullable=True) for name in ("stream_url", "audio_key", "opus_key", "cover_key")),
        _moment("created_at"),
        _words("found_by"),
        sa.PrimaryKeyConstraint("id", name="pk_songs"),
        sa.UniqueConstraint("generation_id", "take", name="uq_songs_generation_id_take"),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name="fk_songs_generation_id"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_songs_guild_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_songs_owner_id"),
    )
    op.create_index("ix_songs_guild_id_created_at", "songs", ["guild_id", "created_at"])


def _words(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, **options)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _partial_index(name: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, "generations", [column], sqlite_where=where, postgresql_where=where)
