"""What stands in playlists, and in which order: every change is one of a whole version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen
from sqlalchemy import RowMapping, case, delete, func, literal, select, update

from conductr_store.errors import Changed, Conflict, NotFound
from conductr_store.link import Link
from conductr_store.ranks import between, spread
from conductr_store.records import Playlist, PlaylistSong, Song
from conductr_store.tables import playlist_songs, playlists, songs

from .songs import RECORD as SONG

COLUMNS = playlists.c
RECORD = tuple(column for column in COLUMNS if column.name not in {"share_hash", "named_by"})
SHARED = COLUMNS.share_hash.is_not(None).label("shared")
KEPT = COLUMNS.deleted_at.is_(None)
PLACES = playlist_songs.c
SONGS_AT_ONCE = 500


@frozen(eq=False)
class InPlaylists:
    """The songs of playlists; Playlists adds what concerns the playlists themselves."""

    _link: Link

    async def songs(
        self,
        id: str,  # noqa: A002 - it is the row's id
        *,
        after: str | None = None,
        limit: int = SONGS_AT_ONCE,
    ) -> tuple[PlaylistSong, ...]:
        """In order, from the song after `after` on; a deleted song keeps its place. Raises NotFound."""
        await self._known(id)
        wanted = select(*SONG, PLACES.added_by, PLACES.added_at).join(playlist_songs, songs.c.id == PLACES.song_id)
        wanted = wanted.where(PLACES.playlist_id == id).order_by(PLACES.rank, PLACES.song_id).limit(max(0, limit))
        if after is not None:
            wanted = wanted.where(PLACES.rank > await self._rank(id, after))
        return tuple([_place(row) for row in await self._link.rows(wanted)])

    async def counts(self, ids: Iterable[str]) -> dict[str, int]:
        """How many songs stand in each playlist that has any."""
        count = select(PLACES.playlist_id, func.count().label("songs")).group_by(PLACES.playlist_id)
        rows = await self._link.rows(count.where(PLACES.playlist_id.in_(sorted(set(ids)))))
        return {row["playlist_id"]: row["songs"] for row in rows}

    async def append(
        self,
        id: str,  # noqa: A002 - it is the row's id
        song_id: str,
        added_by: int,
        *,
        before: str | None = None,
        expected_version: int | None = None,
    ) -> Playlist:
        """Put a song at the end, or before another. Raises NotFound, Changed, and Conflict where it stands already."""
        playlist = await self._locked(id, expected_version)
        if await self._link.row(select(songs.c.id).where(songs.c.id == song_id, songs.c.deleted_at.is_(None))) is None:
            raise NotFound("song", song_id)
        place = self._link.insert(playlist_songs).values(
            playlist_id=id,
            song_id=song_id,
            rank=await self._room(id, before),
            added_by=added_by,
            added_at=self._link.now(),
        )
        if await self._link.row(place.on_conflict_do_nothing().returning(PLACES.song_id)) is None:
            raise Conflict("song in the playlist", song_id)
        return await self._changed(playlist)

    async def move(
        self,
        id: str,  # noqa: A002 - it is the row's id
        song_id: str,
        *,
        before: str | None = None,
        expected_version: int | None = None,
    ) -> Playlist:
        """Put a song before another, or at the end. Raises NotFound and Changed."""
        playlist = await self._locked(id, expected_version)
        await self._rank(id, song_id)
        if before == song_id:
            return playlist
        rank = await self._room(id, before)
        here = (PLACES.playlist_id == id, PLACES.song_id == song_id)
        await self._link.run(update(playlist_songs).where(*here).values(rank=rank))
        return await self._changed(playlist)

    async def remove(
        self,
        id: str,  # noqa: A002 - it is the row's id
        song_id: str,
        *,
        expected_version: int | None = None,
    ) -> Playlist:
        """Raises NotFound and Changed."""
        playlist = await self._locked(id, expected_version)
        here = (PLACES.playlist_id == id, PLACES.song_id == song_id)
        if not await self._link.run(delete(playlist_songs).where(*here)):
            raise NotFound("song in the playlist", song_id)
        return await self._changed(playlist)

    async def _known(self, id: str, *, lock: bool = False) -> Playlist:  # noqa: A002 - it is the row's id
        wanted = select(*RECORD, SHARED).where(COLUMNS.id == id, KEPT)
        row = await self._link.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise NotFound("playlist", id)
        return Playlist(**row)

    async def _locked(self, id: str, expected_version: int | None) -> Playlist:  # noqa: A002 - it is the row's id
        """Whoever changes a playlist holds its row, so that two changes come one after the other."""
        playlist = await self._known(id, lock=True)
        if expected_version is not None and playlist.version != expected_version:
            raise Changed("playlist", playlist)
        return playlist

    async def _changed(self, playlist: Playlist, **changes: object) -> Playlist:
        """The playlist of the next version."""
        news = {"version": playlist.version + 1, "updated_at": self._link.now(), **changes}
        await self._link.run(update(playlists).where(COLUMNS.id == playlist.id).values(news))
        row = await self._link.row(select(*RECORD, SHARED).where(COLUMNS.id == playlist.id))
        assert row is not None  # it is locked
        return Playlist(**row)

    async def _rank(self, id: str, song_id: str) -> int:  # noqa: A002 - it is the row's id
        row = await self._link.row(select(PLACES.rank).where(PLACES.playlist_id == id, PLACES.song_id == song_id))
        if row is None:
            raise NotFound("song in the playlist", song_id)
        return row["rank"]

    async def _room(self, id: str, before: str | None) -> int:  # noqa: A002 - it is the row's id
        """A rank before a song, or at the end."""
        after = None if before is None else await self._rank(id, before)
        earlier = select(func.max(PLACES.rank).label("rank")).where(PLACES.playlist_id == id)
        row = await self._link.row(earlier if after is None else earlier.where(PLACES.rank < after))
        rank = between(row["rank"] if row else None, after)
        if rank is not None:
            return rank
        await self._spread(id)
        return await self._room(id, before)

    async def _spread(self, id: str) -> None:  # noqa: A002 - it is the row's id
        """Number all its songs anew, with even gaps."""
        order = select(PLACES.song_id).where(PLACES.playlist_id == id).order_by(PLACES.rank, PLACES.song_id)
        ids: Sequence[str] = [row["song_id"] for row in await self._link.rows(order)]
        ranks = list(zip(ids, spread(len(ids)), strict=True))
        for start in range(0, len(ranks), SONGS_AT_ONCE):
            some = {song_id: literal(rank, PLACES.rank.type) for song_id, rank in ranks[start : start + SONGS_AT_ONCE]}
            anew = case(some, value=PLACES.song_id)
            here = (PLACES.playlist_id == id, PLACES.song_id.in_(some))
            await self._link.run(update(playlist_songs).where(*here).values(rank=anew))


def _place(row: RowMapping) -> PlaylistSong:
    plain = dict(row)
    added_by, added_at = plain.pop("added_by"), plain.pop("added_at")
    return PlaylistSong(Song(**plain), added_by, added_at)
