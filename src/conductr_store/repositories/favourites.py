"""Favourites: the songs that a member likes, wherever they were made."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from sqlalchemy import RowMapping, and_, delete, func, or_, select

from conductr_store.errors import NotFound
from conductr_store.link import Link
from conductr_store.records import Favourite, Song
from conductr_store.tables import favourites, songs

from .songs import RECORD as SONG

COLUMNS = favourites.c


@frozen(eq=False)
class Favourites:
    _link: Link

    async def add(self, user_id: int, song_id: str) -> bool:
        """Whether it is new. Raises NotFound for a song that is not there, and Orphan for such a user."""
        kept = select(songs.c.id).where(songs.c.id == song_id, songs.c.deleted_at.is_(None))
        if await self._link.row(kept) is None:
            raise NotFound("song", song_id)
        row = self._link.insert(favourites).values(user_id=user_id, song_id=song_id, added_at=self._link.now())
        return await self._link.row(row.on_conflict_do_nothing().returning(COLUMNS.song_id)) is not None

    async def remove(self, user_id: int, song_id: str) -> bool:
        """Whether it was there."""
        here = (COLUMNS.user_id == user_id, COLUMNS.song_id == song_id)
        return await self._link.run(delete(favourites).where(*here)) > 0

    async def of(self, user_id: int, *, after: Favourite | None = None, limit: int = 25) -> tuple[Favourite, ...]:
        """The newest first, from the one after `after` on; without deleted songs. Ask `song.open_to` who may see it."""
        wanted = select(*SONG, COLUMNS.user_id, COLUMNS.added_at)
        wanted = wanted.join(favourites, songs.c.id == COLUMNS.song_id)
        wanted = wanted.where(COLUMNS.user_id == user_id, songs.c.deleted_at.is_(None))
        if after is not None:
            same = and_(COLUMNS.added_at == after.added_at, COLUMNS.song_id < after.song.id)
            wanted = wanted.where(or_(COLUMNS.added_at < after.added_at, same))
        newest = (COLUMNS.added_at.desc(), COLUMNS.song_id.desc())
        rows = await self._link.rows(wanted.order_by(*newest).limit(max(0, limit)))
        return tuple([_favourite(row) for row in rows])

    async def among(self, user_id: int, song_ids: Iterable[str]) -> frozenset[str]:
        """Which of these songs the user likes."""
        wanted = select(COLUMNS.song_id).where(COLUMNS.user_id == user_id, COLUMNS.song_id.in_(sorted(set(song_ids))))
        return frozenset(row["song_id"] for row in await self._link.rows(wanted))

    async def counts(self, song_ids: Iterable[str]) -> dict[str, int]:
        """How many users like each song that anybody likes."""
        count = select(COLUMNS.song_id, func.count().label("users")).group_by(COLUMNS.song_id)
        rows = await self._link.rows(count.where(COLUMNS.song_id.in_(sorted(set(song_ids)))))
        return {row["song_id"]: row["users"] for row in rows}


def _favourite(row: RowMapping) -> Favourite:
    plain = dict(row)
    user_id, added_at = plain.pop("user_id"), plain.pop("added_at")
    return Favourite(user_id, Song(**plain), added_at)
