"""Listening: what was heard out or passed over, votes between takes, what lists are narrowed to, the radio's picks.

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listenings",
        _number("guild_id"),
        _words("song_id"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("heard", "skipped")),
        _moment("last_at"),
        sa.PrimaryKeyConstraint("guild_id", "song_id", name="pk_listenings"),
        _belongs("listenings", "guild_id", "guilds"),
        _belongs("listenings", "song_id", "songs", ondelete="CASCADE"),
    )
    op.create_index("ix_listenings_song_id", "listenings", ["song_id"])
    for column in ("heard", "last_at"):
        op.create_index(f"ix_listenings_{column}", "listenings", ["guild_id", column])
    op.create_table(
        "narrowings",
        *(_number(name) for name in ("guild_id", "user_id")),
        *(_words(name) for name in ("kind", "value")),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_narrowings"),
        _belongs("narrowings", "guild_id", "guilds"),
        _belongs("narrowings", "user_id", "users"),
    )
    _takes()
    op.create_table(
        "radio_picks",
        _words("request_key"),
        _number("guild_id"),
        *(_words(name) for name in ("reason", "subject")),
        _moment("picked_at"),
        sa.PrimaryKeyConstraint("request_key", name="pk_radio_picks"),
        _belongs("radio_picks", "guild_id", "guilds"),
    )
    op.create_table(
        "variations",
        *(_words(name) for name in ("request_key", "parent_id")),
        sa.PrimaryKeyConstraint("request_key", name="pk_variations"),
        _belongs("variations", "parent_id", "songs"),
    )
    op.create_index("ix_variations_parent_id", "variations", ["parent_id"])
    op.create_index("ix_radio_picks_recent", "radio_picks", ["guild_id", "picked_at"])


def downgrade() -> None:
    for table in ("variations", "radio_picks", "take_choices", "take_votes", "narrowings", "listenings"):
        op.drop_table(table)


def _takes() -> None:
    op.create_table(
        "take_votes",
        _words("generation_id"),
        _number("user_id"),
        sa.Column("take", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("generation_id", "user_id", name="pk_take_votes"),
        _belongs("take_votes", "generation_id", "generations"),
        _belongs("take_votes", "user_id", "users"),
    )
    op.create_table(
        "take_choices",
        _words("generation_id"),
        sa.Column("take", sa.Integer),
        _moment("chosen_at"),
        sa.PrimaryKeyConstraint("generation_id", name="pk_take_choices"),
        _belongs("take_choices", "generation_id", "generations"),
    )


def _belongs(table: str, column: str, to: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, autoincrement=False, nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
