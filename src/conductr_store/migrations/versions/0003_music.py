"""Music: all that is known of a song, favourites, playlists.

Revision 0003. Down: what was deleted is gone for good, since nothing older would hide it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from conductr_store.genres import genres_of, tags_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED = (
    "provider",
    "task_id",
    "tags",
    "loudness_lufs",
    "visibility",
    "parent_id",
    "play_count",
    "last_played_at",
    "rights",
    "deleted_at",
)
PLAYED = sa.text("last_played_at IS NOT NULL")
BORN_OF = sa.text("parent_id IS NOT NULL")
OWN = sa.text("guild_id IS NULL AND deleted_at IS NULL")
OF_GUILD = sa.text("guild_id IS NOT NULL AND deleted_at IS NULL")
DELETED = sa.text("deleted_at IS NOT NULL")


def upgrade() -> None:
    _songs()
    _beside_songs()
    _favourites()
    _playlists()
    _in_playlists()
    _active()
    _tag_known_songs()


def downgrade() -> None:
    for table in ("guild_playlists", "active_playlists", "playlist_songs", "playlists", "favourites"):
        op.drop_table(table)
    for table in ("sung_lyrics", "song_genres"):
        op.drop_table(table)
    for index in ("ix_songs_deleted", "ix_songs_parent", "ix_songs_played", "ix_songs_owner_id_created_at"):
        op.drop_index(index, "songs")
    with op.batch_alter_table("songs") as songs:
        songs.drop_constraint("fk_songs_parent_id", type_="foreignkey")
        songs.drop_constraint(op.f("ck_songs_parent"), type_="check")
        songs.drop_constraint(op.f("ck_songs_play_count"), type_="check")
    op.execute("DELETE FROM songs WHERE deleted_at IS NOT NULL")
    with op.batch_alter_table("songs") as songs:
        for column in ADDED:
            songs.drop_column(column)


def _songs() -> None:
    with op.batch_alter_table("songs") as songs:
        for name in ("provider", "task_id"):
            songs.add_column(_words(name, nullable=True))
        songs.add_column(_words("tags", server_default=sa.text("''")))
        songs.add_column(sa.Column("loudness_lufs", sa.Float))
        songs.add_column(_words("visibility", server_default="guild"))
        songs.add_column(_words("parent_id", nullable=True))
        songs.add_column(sa.Column("play_count", sa.Integer, nullable=False, server_default="0"))
        songs.add_column(_moment("last_played_at", nullable=True))
        songs.add_column(_words("rights", nullable=True))
        songs.add_column(_moment("deleted_at", nullable=True))
        songs.create_foreign_key("fk_songs_parent_id", "songs", ["parent_id"], ["id"])
        songs.create_check_constraint(op.f("ck_songs_play_count"), "play_count >= 0")
        songs.create_check_constraint(op.f("ck_songs_parent"), "parent_id <> id")
    op.create_index("ix_songs_owner_id_created_at", "songs", ["owner_id", "created_at"])
    _partial_index("ix_songs_played", "songs", ["guild_id", "last_played_at"], PLAYED)
    _partial_index("ix_songs_parent", "songs", ["parent_id"], BORN_OF)
    _partial_index("ix_songs_deleted", "songs", ["deleted_at"], DELETED)


def _beside_songs() -> None:
    op.create_table(
        "song_genres",
        _words("song_id"),
        _words("genre"),
        sa.PrimaryKeyConstraint("song_id", "genre", name="pk_song_genres"),
        _belongs("song_genres", "song_id", "songs", ondelete="CASCADE"),
    )
    op.create_index("ix_song_genres_genre_song_id", "song_genres", ["genre", "song_id"])
    op.create_table(
        "sung_lyrics",
        _words("song_id"),
        sa.Column("words", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("song_id", name="pk_sung_lyrics"),
        _belongs("sung_lyrics", "song_id", "songs", ondelete="CASCADE"),
    )


def _favourites() -> None:
    op.create_table(
        "favourites",
        _number("user_id", autoincrement=False),
        _words("song_id"),
        _moment("added_at"),
        sa.PrimaryKeyConstraint("user_id", "song_id", name="pk_favourites"),
        _belongs("favourites", "user_id", "users"),
        _belongs("favourites", "song_id", "songs"),
    )
    op.create_index("ix_favourites_user_id_added_at_song_id", "favourites", ["user_id", "added_at", "song_id"])
    op.create_index("ix_favourites_song_id", "favourites", ["song_id"])


def _playlists() -> None:
    op.create_table(
        "playlists",
        _words("id"),
        _number("owner_id"),
        sa.Column("guild_id", sa.BigInteger),
        *(_words(name) for name in ("name", "named_by")),
        sa.Column("collaborative", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        _words("share_hash", nullable=True),
        *(_moment(name) for name in ("created_at", "updated_at")),
        _moment("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_playlists"),
        sa.UniqueConstraint("share_hash", name="uq_playlists_share_hash"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_playlists_version")),
        _belongs("playlists", "owner_id", "users"),
        _belongs("playlists", "guild_id", "guilds"),
    )
    _partial_index("uq_playlists_own_name", "playlists", ["owner_id", "named_by"], OWN, unique=True)
    _partial_index("uq_playlists_guild_name", "playlists", ["guild_id", "named_by"], OF_GUILD, unique=True)
    _partial_index("ix_playlists_deleted", "playlists", ["deleted_at"], DELETED)


def _in_playlists() -> None:
    op.create_table(
        "playlist_songs",
        *(_words(name) for name in ("playlist_id", "song_id")),
        *(_number(name) for name in ("rank", "added_by")),
        _moment("added_at"),
        sa.PrimaryKeyConstraint("playlist_id", "song_id", name="pk_playlist_songs"),
        _belongs("playlist_songs", "playlist_id", "playlists", ondelete="CASCADE"),
        _belongs("playlist_songs", "song_id", "songs"),
        _belongs("playlist_songs", "added_by", "users"),
    )
    op.create_index("ix_playlist_songs_playlist_id_rank", "playlist_songs", ["playlist_id", "rank"])
    op.create_index("ix_playlist_songs_song_id", "playlist_songs", ["song_id"])


def _active() -> None:
    op.create_table(
        "active_playlists",
        *(_number(name, autoincrement=False) for name in ("guild_id", "user_id")),
        _words("playlist_id"),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_active_playlists"),
        _belongs("active_playlists", "guild_id", "guilds"),
        _belongs("active_playlists", "user_id", "users"),
        _belongs("active_playlists", "playlist_id", "playlists", ondelete="CASCADE"),
    )
    op.create_table(
        "guild_playlists",
        _number("guild_id", autoincrement=False),
        _words("playlist_id"),
        sa.PrimaryKeyConstraint("guild_id", name="pk_guild_playlists"),
        _belongs("guild_playlists", "guild_id", "guilds"),
        _belongs("guild_playlists", "playlist_id", "playlists", ondelete="CASCADE"),
    )
    for table in ("active_playlists", "guild_playlists"):
        op.create_index(f"ix_{table}_playlist_id", table, ["playlist_id"])


def _tag_known_songs() -> None:
    """Older songs have their tags in `style`. The vocabulary may grow: genres are derived, and can be made anew."""
    songs = sa.table("songs", sa.column("id"), sa.column("style"), sa.column("tags"))
    genres = sa.table("song_genres", sa.column("song_id"), sa.column("genre"))
    known = op.get_bind().execute(sa.select(songs.c.id, songs.c.style).where(songs.c.style.is_not(None))).all()
    tagged = [{"song": song_id, "lines": "\n".join(tags_of(style))} for song_id, style in known]
    named = [{"song_id": song_id, "genre": genre} for song_id, style in known for genre in genres_of(style)]
    if tagged:
        by_id = songs.update().where(songs.c.id == sa.bindparam("song")).values(tags=sa.bindparam("lines"))
        op.get_bind().execute(by_id, tagged)
    if named:
        op.get_bind().execute(genres.insert(), named)


def _words(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, **options)


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, **options)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs(table: str, column: str, to: str, **options: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}", **options)


def _partial_index(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
