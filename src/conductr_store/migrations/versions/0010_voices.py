"""Voices: in which channel the bot sits, and when it has identified itself.

Revision 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_seats",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_voice_seats"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_voice_seats_guild_id"),
    )
    op.create_table(
        "identifies",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("shard_id", sa.Integer, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identifies"),
    )
    op.create_index("ix_identifies_sent_at", "identifies", ["sent_at"])


def downgrade() -> None:
    op.drop_table("identifies")
    op.drop_table("voice_seats")
