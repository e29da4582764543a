"""Songs: the takes that came of generations, to be found again."""

from __future__ import annotations

from unicodedata import normalize

from attrs import asdict, evolve, frozen
from sqlalchemy import ColumnElement, func, select, true, update

from conductr_store.errors import Conflict, NotFound
from conductr_store.link import Link
from conductr_store.records import Page, Song
from conductr_store.tables import songs

COLUMNS = songs.c
RECORD = tuple(column for column in COLUMNS if column.name != "found_by")


@frozen(eq=False)
class Songs:
    _link: Link

    async def add(self, song: Song) -> Song:
        """Raises Conflict where the generation has that take (or the id is known), Orphan without its generation."""
        row = self._link.insert(songs).values(_plain(song)).on_conflict_do_nothing()
        if await self._link.row(row.returning(COLUMNS.id)) is None:
            raise Conflict("song", (song.generation_id, song.take))
        return song

    async def get(self, id: str) -> Song:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        return await self._get(id, lock=False)

    async def of_generation(self, generation_id: str) -> tuple[Song, ...]:
        """By take."""
        wanted = select(*RECORD).where(COLUMNS.generation_id == generation_id).order_by(COLUMNS.take)
        return tuple([Song(**row) for row in await self._link.rows(wanted)])

    async def update(self, id: str, **changes: object) -> Song:  # noqa: A002 - it is the row's id
        """The row with `changes`. Raises NotFound."""
        changed = evolve(await self._get(id, lock=True), **changes)
        await self._link.run(update(songs).where(COLUMNS.id == id).values(_plain(changed)))
        return changed

    async def search(self, *, guild_id: int | None, text: str = "", limit: int = 25, offset: int = 0) -> Page:
        """Songs whose title, style or prompt holds `text` in any case, newest first; of every guild for None."""
        wanted: ColumnElement[bool] = true() if guild_id is None else COLUMNS.guild_id == guild_id
        if text:
            wanted &= COLUMNS.found_by.contains(fold(text), autoescape=True)
        newest = (COLUMNS.created_at.desc(), COLUMNS.take, COLUMNS.id)
        page = select(*RECORD).where(wanted).order_by(*newest).limit(max(0, limit)).offset(max(0, offset))
        count = await self._link.row(select(func.count().label("total")).select_from(songs).where(wanted))
        items = tuple([Song(**row) for row in await self._link.rows(page)])
        return Page(items, count["total"] if count else 0)

    async def _get(self, id: str, *, lock: bool) -> Song:  # noqa: A002 - it is the row's id
        wanted = select(*RECORD).where(COLUMNS.id == id)
        row = await self._link.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise NotFound("song", id)
        return Song(**row)


def fold(text: str) -> str:
    """`text` as it is searched: without case and without variants of the same letter, the same on every engine."""
    return normalize("NFKC", normalize("NFKC", text).casefold())


def _plain(song: Song) -> dict[str, object]:
    found_by = "\n".join(fold(part or "") for part in (song.title, song.style, song.prompt))
    return {**asdict(song), "found_by": found_by}
