"""Songs: the takes that came of generations, to be found and heard again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from unicodedata import normalize

from attrs import asdict, evolve, frozen
from sqlalchemy import ColumnElement, case, delete, exists, insert, literal, not_, or_, select, true, update

from conductr_store.columns import readable
from conductr_store.errors import Conflict, InUse, NotFound
from conductr_store.link import Link
from conductr_store.records import FINAL_STATES, Song, SongState, SungWord, Visibility
from conductr_store.tables import generations, metadata, song_genres, songs, sung_lyrics

from .indexing import FOUND_BY, index_song

COLUMNS = songs.c
RECORD = tuple(COLUMNS)
KEPT = COLUMNS.deleted_at.is_(None)
BORN = frozenset({"id", "generation_id", "take", "guild_id", "parent_id", "deleted_at"})  # no change touches these
FAMILY_AT_MOST = 1_000


@frozen(eq=False)
class Songs:
    _link: Link

    async def add(self, song: Song) -> Song:
        """Raises Conflict where the generation has that take (or the id is known), Orphan without its generation."""
        row = self._link.insert(songs).values(asdict(song, recurse=False)).on_conflict_do_nothing()
        if await self._link.row(row.returning(COLUMNS.id)) is None:
            raise Conflict("song", (song.generation_id, song.take))
        await self._name_genres(song)
        await index_song(self._link, song)
        return song

    async def get(self, id: str, *, deleted: bool = False) -> Song:  # noqa: A002 - it is the row's id
        """Raises NotFound, also for a deleted one unless `deleted` ones are asked for."""
        return await self._get(id, true() if deleted else KEPT)

    async def some(self, ids: Iterable[str]) -> tuple[Song, ...]:
        """Those that are there, in no order; without deleted ones."""
        wanted = select(*RECORD).where(COLUMNS.id.in_(sorted(set(ids))), KEPT)
        return tuple([Song(**row) for row in await self._link.rows(wanted)])

    async def of_generation(self, generation_id: str) -> tuple[Song, ...]:
        """By take, with those that were deleted: their takes are not made again."""
        wanted = select(*RECORD).where(COLUMNS.generation_id == generation_id).order_by(COLUMNS.take)
        return tuple([Song(**row) for row in await self._link.rows(wanted)])

    async def after(self, song_id: str | None, limit: int) -> tuple[Song, ...]:
        """A walk over all songs by id, begun with None."""
        beyond = true() if song_id is None else COLUMNS.id > song_id
        wanted = select(*RECORD).where(KEPT, beyond).order_by(COLUMNS.id).limit(max(0, limit))
        return tuple([Song(**row) for row in await self._link.rows(wanted)])

    async def update(self, id: str, **changes: object) -> Song:  # noqa: A002 - it is the row's id
        """The row with `changes`. Raises NotFound, and TypeError for what a song is born with."""
        if fixed := BORN & changes.keys():
            raise TypeError(f"a song keeps its {', '.join(sorted(fixed))}")
        changed = evolve(await self._get(id, KEPT, lock=True), **changes)
        await self._link.run(update(songs).where(COLUMNS.id == id).values(asdict(changed, recurse=False)))
        if changes.keys() & {"tags", "style"}:
            await self._name_genres(changed)
        if changes.keys() & FOUND_BY:
            await index_song(self._link, changed)
        return changed

    async def played(self, id: str, at: datetime) -> None:  # noqa: A002 - it is the row's id
        """Count that it was heard at `at`. A song deleted while it played is counted still. Raises NotFound."""
        newer = or_(COLUMNS.last_played_at.is_(None), COLUMNS.last_played_at < at)
        heard = case((newer, literal(at, COLUMNS.last_played_at.type)), else_=COLUMNS.last_played_at)
        one_more = update(songs).where(COLUMNS.id == id)
        if not await self._link.run(one_more.values(play_count=COLUMNS.play_count + 1, last_played_at=heard)):
            raise NotFound("song", id)

    async def last_played(self, guild_id: int, limit: int = 25) -> tuple[Song, ...]:
        """The guild's songs that were heard, the latest first; without private ones."""
        heard = (COLUMNS.guild_id == guild_id, COLUMNS.last_played_at.is_not(None), KEPT, _shared())
        latest = select(*RECORD).where(*heard).order_by(COLUMNS.last_played_at.desc(), COLUMNS.id)
        return tuple([Song(**row) for row in await self._link.rows(latest.limit(max(0, limit)))])

    async def delete(self, id: str) -> Song:  # noqa: A002 - it is the row's id
        """The song as it was. Where other rows speak of it, its id, title and numbers stay; all that it held is gone.

        Its files are the caller's to remove. Raises NotFound, and InUse while it grows.
        """
        song = await self._get(id, KEPT, lock=True)
        if song.state is SongState.GROWING:
            raise InUse("song", id)
        if not await self._spoken_of(song):
            await self._link.run(delete(songs).where(COLUMNS.id == id))
            return song
        left = _emptied(song, self._link.now())
        await self._link.run(update(songs).where(COLUMNS.id == id).values(asdict(left, recurse=False)))
        await index_song(self._link, left)
        for beside in (song_genres, sung_lyrics):
            await self._link.run(delete(beside).where(beside.c.song_id == id))
        return song

    async def purge(self) -> int:
        """Remove for good what is left of deleted songs that no row speaks of any more; how many went."""
        forgotten = not_(or_(*_speakers(COLUMNS.generation_id, COLUMNS.id)))
        return await self._link.run(delete(songs).where(COLUMNS.deleted_at.is_not(None), forgotten))

    async def family(self, id: str) -> tuple[Song, ...]:  # noqa: A002 - it is the row's id
        """The first song that this one goes back to and all that were made of it, also deleted ones.

        A parent comes before its children, elder ones before younger. Raises NotFound.
        """
        own = select(COLUMNS.id, COLUMNS.parent_id).where(COLUMNS.id == id).cte("up", recursive=True)
        parents = select(COLUMNS.id, COLUMNS.parent_id).join(own, COLUMNS.id == own.c.parent_id)
        up = own.union(parents)
        first = select(up.c.id, literal(0).label("depth")).where(up.c.parent_id.is_(None)).cte("down", recursive=True)
        down = first.union_all(select(COLUMNS.id, first.c.depth + 1).join(first, COLUMNS.parent_id == first.c.id))
        eldest = (down.c.depth, COLUMNS.created_at, COLUMNS.id)
        wanted = select(*RECORD).join(down, COLUMNS.id == down.c.id).order_by(*eldest).limit(FAMILY_AT_MOST)
        found = tuple([Song(**row) for row in await self._link.rows(wanted)])
        if not found:
            raise NotFound("song", id)
        return found

    async def sung(self, id: str) -> tuple[SungWord, ...]:  # noqa: A002 - it is the row's id
        """The words of its lyrics with their times; none where they are not known."""
        row = await self._link.row(select(sung_lyrics.c.words).where(sung_lyrics.c.song_id == id))
        return () if row is None else tuple(SungWord(*word) for word in row["words"])

    async def sing(self, id: str, words: Iterable[SungWord]) -> None:  # noqa: A002 - it is the row's id
        """Keep the words with their times in place of those known. Raises NotFound."""
        await self._get(id, KEPT, lock=True)
        timed = [[readable(word.text), word.start_s, word.end_s] for word in words]
        row = self._link.insert(sung_lyrics).values(song_id=id, words=timed)
        kept = row.on_conflict_do_update(index_elements=[sung_lyrics.c.song_id], set_={"words": row.excluded.words})
        await self._link.run(kept)

    async def _get(self, id: str, which: ColumnElement[bool], *, lock: bool = False) -> Song:  # noqa: A002 - the row's id
        wanted = select(*RECORD).where(COLUMNS.id == id, which)
        row = await self._link.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise NotFound("song", id)
        return Song(**row)

    async def _name_genres(self, song: Song) -> None:
        await self._link.run(delete(song_genres).where(song_genres.c.song_id == song.id))
        if named := [{"song_id": song.id, "genre": genre} for genre in song.genres]:
            await self._link.run(insert(song_genres).values(named))

    async def _spoken_of(self, song: Song) -> bool:
        speakers = _speakers(literal(song.generation_id), literal(song.id))
        row = await self._link.row(select(or_(*speakers).label("any")))
        return row is not None and bool(row["any"])


def _speakers(generation_id: ColumnElement[str], song_id: ColumnElement[str]) -> Iterable[ColumnElement[bool]]:
    """Whether a generation would make the take again, or a row names the song that would not go with it.

    Over every table that refers to songs, so that a new one is not forgotten.
    """
    making = generations.alias()
    unfinished = making.c.state.not_in(FINAL_STATES)
    yield exists().where(making.c.id == generation_id, unfinished)
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is COLUMNS.id and key.ondelete is None:
                named = table.alias()
                yield exists().where(named.c[key.parent.name] == song_id)


def _shared() -> ColumnElement[bool]:
    return COLUMNS.visibility != Visibility.PRIVATE


def _emptied(song: Song, at: datetime) -> Song:
    bare = evolve(song, style=None, lyrics=None, prompt="", tags=(), rights=None, loudness_lufs=None, deleted_at=at)
    return evolve(bare, stream_url=None, audio_key=None, opus_key=None, cover_key=None)


def fold(text: str) -> str:
    """`text` as it is searched: without case and without variants of the same letter, the same on every engine."""
    return normalize("NFKC", normalize("NFKC", text).casefold())
