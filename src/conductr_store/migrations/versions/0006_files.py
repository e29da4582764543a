"""Files: what is kept of media, and when it was last played.

Revision 0006. Files that songs name are known from the start; the first sweep measures them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EVICTABLE = sa.text("state = 'ready' AND refetchable")
# A song's packets can be made again of its audio; nobody knows whether its provider still has the rest.
KINDS = (("audio_key", "audio", "FALSE"), ("opus_key", "packets", "TRUE"), ("cover_key", "cover", "FALSE"))


def upgrade() -> None:
    op.create_table(
        "media_files",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("key", "folder", "kind", "state")),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("refetchable", sa.Boolean, nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("created_at", "changed_at", "used_at")
        ),
        sa.PrimaryKeyConstraint("key", name="pk_media_files"),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_media_files_size_bytes")),
    )
    op.create_index("ix_media_files_folder", "media_files", ["folder"])
    op.create_index(
        "ix_media_files_evictable", "media_files", ["used_at"], sqlite_where=EVICTABLE, postgresql_where=EVICTABLE
    )
    op.create_table(
        "cover_sizes",
        sa.Column("cover_key", sa.Text, nullable=False),
        sa.Column("size_px", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("cover_key", "size_px", name="pk_cover_sizes"),
        sa.ForeignKeyConstraint(["cover_key"], ["media_files.key"], name="fk_cover_sizes_cover_key"),
        sa.ForeignKeyConstraint(["key"], ["media_files.key"], name="fk_cover_sizes_key"),
        sa.CheckConstraint("size_px > 0", name=op.f("ck_cover_sizes_size_px")),
    )
    for column, kind, refetchable in KINDS:
        op.execute(_taken_from_songs(column, kind, refetchable))


def downgrade() -> None:
    op.drop_table("cover_sizes")
    op.drop_table("media_files")


def _taken_from_songs(column: str, kind: str, refetchable: str) -> str:
    return f"""
        INSERT INTO media_files (key, folder, kind, state, refetchable, created_at, changed_at, used_at)
        SELECT {column}, substr({column}, 1, 2), '{kind}', 'ready', {refetchable},
               min(created_at), min(created_at), max(created_at)
        FROM songs WHERE {column} IS NOT NULL GROUP BY {column} ON CONFLICT DO NOTHING
    """  # noqa: S608 - the names above
