"""Search: songs by their words, genres and lengths.

Revision 0004.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from conductr_store.finding import labels_of, owner_tokens, slips_of, tokens_of, vocabulary
from conductr_store.records import Song, Visibility

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHUNK = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FTS5 = (
    """CREATE VIRTUAL TABLE song_words USING fts5(
        tokens, content='song_search', content_rowid='number',
        tokenize="ascii tokenchars '_'", detail=none, columnsize=0
    )""",
    """CREATE TRIGGER song_words_added AFTER INSERT ON song_search BEGIN
        INSERT INTO song_words(rowid, tokens) VALUES (new.number, new.tokens);
    END""",
    """CREATE TRIGGER song_words_removed AFTER DELETE ON song_search BEGIN
        INSERT INTO song_words(song_words, rowid, tokens) VALUES ('delete', old.number, old.tokens);
    END""",
    """CREATE TRIGGER song_words_changed AFTER UPDATE OF number, tokens ON song_search BEGIN
        INSERT INTO song_words(song_words, rowid, tokens) VALUES ('delete', old.number, old.tokens);
        INSERT INTO song_words(rowid, tokens) VALUES (new.number, new.tokens);
    END""",
)


def upgrade() -> None:
    _songs()
    op.create_table(
        "owner_words",
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("token", "user_id", name="pk_owner_words"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_owner_words_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_owner_words_user_id", "owner_words", ["user_id"])
    op.create_table(
        "word_slips",
        sa.Column("slip", sa.Text, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("slip", "word", name="pk_word_slips"),
    )
    words = _index_known_songs() | _index_known_owners()
    _fill("word_slips", [{"slip": slip, "word": word} for word in sorted(words) for slip in slips_of(word)])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE song_words")
    for table in ("word_slips", "owner_words", "song_search"):
        op.drop_table(table)


def _songs() -> None:
    op.create_table(
        "song_search",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=False),
        sa.Column("song_id", sa.Text, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("length_s", sa.Float, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("tokens", sa.Text().with_variant(TSVECTOR, "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_song_search"),
        sa.UniqueConstraint("song_id", name="uq_song_search_song_id"),
        sa.ForeignKeyConstraint(["song_id"], ["songs.id"], name="fk_song_search_song_id", ondelete="CASCADE"),
        postgresql_with={"toast_tuple_target": 8160},
    )
    for columns in (["guild_id", "number"], ["guild_id", "length_s", "number"], ["length_s", "number"]):
        op.create_index(f"ix_song_search_{'_'.join(columns)}", "song_search", columns)
    gin: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}
    op.create_index("ix_song_search_tokens", "song_search", ["tokens"], sqlite_where=sa.text("0"), **gin)
    if op.get_bind().dialect.name == "sqlite":
        for statement in FTS5:
            op.execute(statement)


def _index_known_songs() -> frozenset[str]:
    """What those words are that slips are mended towards."""
    plain = ("id", "guild_id", "owner_id", "title", "style", "lyrics", "prompt", "model", "duration_s", "visibility")
    made_at = sa.column("created_at", sa.DateTime(timezone=True))
    songs = sa.table("songs", made_at, *(_column(name) for name in (*plain, "tags", "take", "deleted_at")))
    oldest = (made_at, songs.c.take.desc(), songs.c.id.desc())  # numbers grow; of one moment the first take is newest
    kept = sa.select(songs).where(songs.c.deleted_at.is_(None)).order_by(*oldest)
    words: set[str] = set()
    rows: list[dict[str, Any]] = []
    for row in op.get_bind().execute(kept).mappings():
        words_in: dict[str, Any] = {name: row[name] for name in plain}
        song = Song(generation_id="", take=0, clip_id="", tags=row["tags"].split("\n"), **words_in)
        tokens = tokens_of(song)
        words |= vocabulary(tokens)
        number = _ms(row["created_at"])
        rows.append(_row(song, tokens, max(number, rows[-1]["number"] + 1) if rows else number))
    _fill("song_search", rows)
    return frozenset(words)


def _row(song: Song, tokens: frozenset[str], number: int) -> dict[str, Any]:
    return {
        "number": number,
        "song_id": song.id,
        "guild_id": song.guild_id,
        "owner_id": song.owner_id,
        "private": song.visibility is Visibility.PRIVATE,
        "length_s": song.duration_s or 0.0,
        "labels": labels_of(song),
        "tokens": f" {' '.join(sorted(tokens))} ",
    }


def _index_known_owners() -> frozenset[str]:
    users = sa.table("users", sa.column("id"), sa.column("name"))
    named = [(row.id, owner_tokens(row.name)) for row in op.get_bind().execute(sa.select(users)).all()]
    _fill("owner_words", [{"token": token, "user_id": user_id} for user_id, tokens in named for token in tokens])
    return vocabulary(token for _, tokens in named for token in tokens)


def _fill(name: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = sa.table(name, *(_column(column) for column in rows[0]))
    statement = table.insert()
    if "tokens" in rows[0] and op.get_bind().dialect.name == "postgresql":
        rows = [{**row, "spaced": row["tokens"].strip()} for row in rows]
        words = sa.func.string_to_array(sa.bindparam("spaced", type_=sa.Text), " ")
        statement = table.insert().values(tokens=sa.func.array_to_tsvector(words))
        for row in rows:
            del row["tokens"]
    for at in range(0, len(rows), CHUNK):
        op.get_bind().execute(statement, rows[at : at + CHUNK])


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name, sa.Boolean()) if name == "private" else sa.column(name)


def _ms(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(milliseconds=1)
