"""The library: songs found by their words, filtered and counted, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from sqlalchemy import select

from conductr_store.finding import (
    Expr,
    Mark,
    Wanted,
    asked_words,
    count_facets,
    cursor_of,
    read_cursor,
    slips_of,
    told_by_tokens,
    wanted,
    within_one_slip,
)
from conductr_store.finding.tokens import ANYWHERE, BEGINNING_LETTERS, BEGINS, VOCABULARY_LETTERS
from conductr_store.finding.words import joined
from conductr_store.link import Link
from conductr_store.records import Facets, LibraryPage, LibraryQuery, Order, Song
from conductr_store.tables import owner_words, songs, word_slips

from .fts5 import Fts5
from .fulltext import USUAL, Effort, FullText, Place, Scope
from .indexing import number_of
from .tsearch import TSearch

PAGE_AT_MOST = 100
OWNERS_AT_MOST = 20  # of a question; those whose whole name was said come first
OWNER_LETTERS = 3  # of a name's beginning that are enough to find its owner
NEAR_AT_MOST = 20  # words that differ from one by a slip


@frozen(eq=False)
class Library:
    _link: Link
    _effort: Effort = USUAL

    async def find(self, query: LibraryQuery) -> LibraryPage:
        """Raises NotACursor where `query.after` is none of this order. `limit` is 100 at most."""
        after = read_cursor(query.after, query.order)
        if query.text.strip() and not asked_words(query.text):
            return LibraryPage((), 0)  # nothing but signs
        engine = self._engine(query)
        sought, found, mended = await self._sought(engine, query)
        limit, passed = max(0, min(query.limit, PAGE_AT_MOST)), max(0, query.offset)
        order = Order.NEWEST if query.order is Order.BEST else query.order
        steps = [step for step in enumerate(sought.steps(query.order)) if after is None or step[0] >= after.step]
        places = await engine.page(steps, order, after, passed + limit + 1) if found and steps else ()
        shown = places[passed : passed + limit]
        rest = cursor_of(query.order, _mark(shown[-1])) if shown and len(places) > passed + limit else None
        facets = await self._facets(engine, sought.widest, found) if query.facets else None
        return LibraryPage(
            await self._songs(shown), min(found, self._effort.total), found > self._effort.total, rest, mended, facets
        )

    def _engine(self, query: LibraryQuery) -> FullText:
        since, until = (None if moment is None else number_of(moment) for moment in (query.since, query.until))
        private_too = query.everything or query.guild_id is None  # there only one's own are found by the words
        lengths = (None, None) if told_by_tokens(query.length_s) else query.length_s
        scope = Scope(query.guild_id, private_too, query.viewer_id, (since, until), lengths)
        kind = Fts5 if self._link.connection.dialect.name == "sqlite" else TSearch
        return kind(self._link, scope, self._effort)

    async def _sought(self, engine: FullText, query: LibraryQuery) -> tuple[Wanted, int, bool]:
        """What to look for, how much of it there is, and whether slips had to be mended for that."""
        sought = wanted(query, await self._owners(query.text, {}), {})
        await engine.look(sought.looked_at(query.order))
        found = await engine.count(sought.widest, self._effort.total + 1)
        if found or not query.text.strip():
            return sought, found, False
        near = await self._near(query.text)
        if not near:
            return sought, 0, False
        mended = wanted(query, await self._owners(query.text, near), near)
        await engine.look(mended.looked_at(query.order))
        found = await engine.count(mended.widest, self._effort.total + 1)
        return mended, found, found > 0

    async def _owners(self, text: str, near: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
        """Users by the tokens of their names that `text` may mean."""
        words = [joined(parts) for parts in asked_words(text)]
        names = {ANYWHERE + meant for word in words for meant in (word, *near.get(word, ()))}
        if words and len(words[-1]) >= OWNER_LETTERS:
            names.add(BEGINS + words[-1][:BEGINNING_LETTERS])
        token, user_id = owner_words.c.token, owner_words.c.user_id
        whole_first = (token.desc(), user_id)
        some = select(token, user_id).where(token.in_(sorted(names))).order_by(*whole_first).limit(OWNERS_AT_MOST)
        owners: dict[str, list[int]] = {}
        for row in await self._link.rows(some) if names else ():
            owners.setdefault(row["token"], []).append(row["user_id"])
        return owners

    async def _near(self, text: str) -> dict[str, tuple[str, ...]]:
        """For words of `text`, others that are known and differ by one slip."""
        words = [word for word in map(joined, asked_words(text)) if len(word) in VOCABULARY_LETTERS]
        slips = sorted({slip for word in words for slip in slips_of(word)})
        known = select(word_slips.c.word).where(word_slips.c.slip.in_(slips)).distinct()
        others = sorted(row["word"] for row in await self._link.rows(known)) if slips else []
        near = {word: [other for other in others if other != word and within_one_slip(word, other)] for word in words}
        return {word: tuple(found[:NEAR_AT_MOST]) for word, found in near.items() if found}

    async def _facets(self, engine: FullText, expr: Expr | None, found: int) -> Facets:
        complete = found <= self._effort.total
        limit = self._effort.total if complete else self._effort.counted_among
        lines, counted = await engine.lines(expr, limit) if found else ("", 0)
        return count_facets(lines, counted, complete=complete)

    async def _songs(self, shown: Sequence[Place]) -> tuple[Song, ...]:
        if not shown:
            return ()
        rows = await self._link.rows(select(*songs.c).where(songs.c.id.in_([place.song_id for place in shown])))
        found = {row["id"]: Song(**row) for row in rows}
        # Another process may have taken one away since its place was read: each statement sees the newest rows.
        return tuple(found[place.song_id] for place in shown if place.song_id in found)


def _mark(place: Place) -> Mark:
    return Mark(place.number, place.length_s, place.step)
