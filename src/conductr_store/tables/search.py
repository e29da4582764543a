"""What songs are found by: a row of tokens a song, the words of owners' names, and words with their slips.

On SQLite an FTS5 table, `song_words`, stands beside `song_search` and is kept in step by triggers; on PostgreSQL the
tokens are a tsvector under a GIN index.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from conductr_store.columns import Words

from .base import metadata

NEVER = text("0")
FTS5_TABLES = tuple(f"song_words{part}" for part in ("", "_config", "_data", "_idx"))  # SQLite's own: not in metadata

song_search = Table(
    "song_search",
    metadata,
    # The moment the song was made, in ms since 1970, each number once: the order in which both indexes are read.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("song_id", Words, ForeignKey("songs.id", ondelete="CASCADE"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("length_s", Float, nullable=False),
    Column("labels", Words, nullable=False),  # what facets count
    Column("tokens", Text().with_variant(TSVECTOR, "postgresql"), nullable=False),
    UniqueConstraint("song_id"),
    Index(None, "guild_id", "number"),
    Index(None, "guild_id", "length_s", "number"),
    Index(None, "length_s", "number"),
    # Every search would read the list of what is pending, so nothing is left pending. On SQLite song_words does this.
    Index(None, "tokens", postgresql_using="gin", postgresql_with={"fastupdate": "off"}, sqlite_where=NEVER),
    postgresql_with={"toast_tuple_target": 8160},  # tokens stay in the row: thousands of them are read one by one
)

owner_words = Table(
    "owner_words",
    metadata,
    Column("token", Words, primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "user_id"),
)

# Words that songs and owners were found by; they stay when a song goes. `slip`: the word, or it without a letter.
word_slips = Table(
    "word_slips",
    metadata,
    Column("slip", Words, primary_key=True),
    Column("word", Words, primary_key=True),
)

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

for statement in FTS5:
    event.listen(song_search, "after_create", DDL(statement).execute_if(dialect="sqlite"))
event.listen(song_search, "after_drop", DDL("DROP TABLE song_words").execute_if(dialect="sqlite"))
