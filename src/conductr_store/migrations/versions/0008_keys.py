"""Servers' own keys, keys that were replaced, wishes asked for again, songs nobody heard, songs by their files.

Revision 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CURRENT = sa.text("retired_at IS NULL")
UNHEARD = sa.text("unheard_until IS NOT NULL")
ONE_EACH = "uq_provider_keys_user_id_provider"
FILES = ("audio_key", "opus_key", "cover_key")


def upgrade() -> None:
    for column in ("asked_at", "unheard_until"):
        op.add_column("generations", _moment(column, nullable=True))
    op.add_column("generations", sa.Column("takes", sa.Integer))
    _index("ix_generations_unheard", "generations", "unheard_until", UNHEARD)
    for column in FILES:
        _index(f"ix_songs_{column}", "songs", column, sa.text(f"{column} IS NOT NULL"))
    op.create_index("ix_cover_sizes_key", "cover_sizes", ["key"])
    op.create_table(
        "guild_keys",
        _words("id"),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("guild_id", "brought_by")),
        *(_words(name) for name in ("provider", "key_name")),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        _words("ending"),
        _moment("created_at"),
        *(_moment(name, nullable=True) for name in ("used_at", "refused_at")),
        _words("refused_for", nullable=True),
        _moment("retired_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_guild_keys"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_guild_keys_guild_id"),
        sa.ForeignKeyConstraint(["brought_by"], ["users.id"], name="fk_guild_keys_brought_by"),
    )
    _one_current("uq_guild_keys_current", "guild_keys", "guild_id")
    with op.batch_alter_table("provider_keys") as keys:
        keys.add_column(_moment("retired_at", nullable=True))
        keys.drop_constraint(ONE_EACH, type_="unique")
    _one_current("uq_provider_keys_current", "provider_keys", "user_id")


def downgrade() -> None:
    op.drop_index("uq_provider_keys_current", "provider_keys")
    op.execute("DELETE FROM provider_keys WHERE retired_at IS NOT NULL")
    with op.batch_alter_table("provider_keys") as keys:
        keys.create_unique_constraint(ONE_EACH, ["user_id", "provider"])
        keys.drop_column("retired_at")
    op.drop_table("guild_keys")
    op.drop_index("ix_cover_sizes_key", "cover_sizes")
    for column in FILES:
        op.drop_index(f"ix_songs_{column}", "songs")
    op.drop_index("ix_generations_unheard", "generations")
    for column in ("takes", "unheard_until", "asked_at"):
        op.drop_column("generations", column)


def _index(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def _one_current(name: str, table: str, owner: str) -> None:
    columns = [owner, "provider"]
    op.create_index(name, table, columns, unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)


def _words(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
