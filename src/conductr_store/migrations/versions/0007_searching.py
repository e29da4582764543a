"""Searching: the index tells what is private, how long nobody knows, and on PostgreSQL when it was made.

Revision 0007.
"""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHUNK = 2_000  # rows that are held and folded at a time: a transaction that says nothing for long is undone
TOLD = """UPDATE song_search SET tokens = tokens || array_to_tsvector(
    ARRAY['a' || (number >> 32), 'b' || (number >> 29), 'c' || (number >> 26)])"""
ADDED = {
    "sqlite": "UPDATE song_search SET tokens = tokens || :token || ' ' "
    "WHERE instr(tokens, ' ' || :token || ' ') = 0 AND ",
    "postgresql": "UPDATE song_search SET tokens = tokens || array_to_tsvector(ARRAY[CAST(:token AS text)]) WHERE ",
}
UNTOLD = """UPDATE song_search SET tokens = ts_delete(
    tokens, ARRAY['a' || (number >> 32), 'b' || (number >> 29), 'c' || (number >> 26), 'x', 'l_'])"""


def upgrade() -> None:
    op.drop_column("songs", "found_by")
    if _on_postgres():
        op.execute(TOLD)
    unknown = "song_id IN (SELECT id FROM songs WHERE duration_s IS NULL)"
    for token, which in (("x", "private"), ("l_", unknown)):
        op.execute(sa.text(ADDED[op.get_bind().dialect.name] + which).bindparams(token=token))


def downgrade() -> None:
    if _on_postgres():
        op.execute(UNTOLD)
    else:
        op.execute("UPDATE song_search SET tokens = replace(replace(tokens, ' x ', ' '), ' l_ ', ' ')")
    op.add_column("songs", sa.Column("found_by", sa.Text, nullable=False, server_default=sa.text("''")))
    _find_known_songs()


def _find_known_songs() -> None:
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in ("id", "title", "style", "prompt", "found_by")]
    songs = sa.table("songs", *columns)
    known = sa.select(songs.c.id, songs.c.title, songs.c.style, songs.c.prompt).order_by(songs.c.id).limit(CHUNK)
    found = songs.update().where(songs.c.id == sa.bindparam("song")).values(found_by=sa.bindparam("found"))
    wanted = known
    while rows := op.get_bind().execute(wanted).all():
        folded = [{"song": row.id, "found": "\n".join(_fold(part or "") for part in row[1:])} for row in rows]
        op.get_bind().execute(found, folded)
        wanted = known.where(songs.c.id > rows[-1].id)


def _fold(text: str) -> str:
    return normalize("NFKC", normalize("NFKC", text).casefold())


def _on_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
