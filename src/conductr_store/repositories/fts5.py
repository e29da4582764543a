"""Full text on SQLite: FTS5, which streams what it finds in the order of the songs' numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, field
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)

from conductr_store.finding import All, But, Expr, Mark, Token, fts5, in_guild, longer_tokens, one_of
from conductr_store.finding.tokens import OWNER, PRIVATE
from conductr_store.link import Link
from conductr_store.records import Order
from conductr_store.tables import song_search

from .fulltext import (
    BY_LENGTH,
    PLACE,
    ROW,
    Effort,
    Place,
    Scope,
    Step,
    beyond,
    faceted,
    further,
    gathered,
    in_order,
    mark_of,
    places,
    stepped,
    stepped_places,
    widest,
)

SONG_WORDS = table("song_words", column("rowid"), column("song_words"))
WORDS = SONG_WORDS.c
# The plus keeps SQLite from going the other way round, which would look up every song of the scope in FTS5.
JOINED = SONG_WORDS.join(song_search, literal_column("+song_words.rowid") == ROW.number)
STREAMED = {Order.NEWEST: WORDS.rowid.desc(), Order.OLDEST: WORDS.rowid.asc()}
LINES = faceted(cast(ROW.length_s, Integer) // 60).label("lines")
Found = Select[*tuple[Any, ...]]


@define(eq=False)
class Fts5:
    link: Link
    scope: Scope
    effort: Effort
    _counted: dict[Expr, int] = field(factory=dict[Expr, int])  # as far as was counted
    _bound: int = 0

    async def look(self, exprs: Sequence[Expr]) -> None:
        """Nothing: FTS5 streams, so a search costs what it returns."""

    async def count(self, expr: Expr | None, bound: int) -> int:
        one = literal(1).label("one")
        if expr is None:
            some = select(one).select_from(song_search).where(*self.scope.conditions()).limit(bound)
        elif self.scope.lengths == (None, None):
            seen = [
                select(select(one).where(*self._matched(which)).limit(bound).subquery()) for which in self._shown(expr)
            ]
            some = union_all(*seen) if len(seen) > 1 else seen[0]
        else:
            some = self._found(expr, one).limit(bound)
        row = await self.link.row(select(func.count().label("count")).select_from(some.subquery()))
        counted = min(bound, row["count"]) if row else 0
        if expr is not None:
            self._counted[expr], self._bound = counted, bound
        return counted

    async def page(self, steps: Sequence[Step], order: Order, after: Mark | None, limit: int) -> Sequence[Place]:
        exprs = [expr for _, expr in steps if expr is not None]
        if len(exprs) > 1 and self._counted.get(widest(exprs[-1]), self._bound) <= self.effort.few:
            return await self._gathered_page(steps, exprs, order, after, limit)
        found: list[Place] = []
        for step, expr in steps:
            if len(found) == limit:
                break
            last, missing = mark_of(step, after), limit - len(found)
            if expr is None:
                walk = select(*PLACE).where(*self.scope.conditions(), *beyond(order, last))
                found += places(step, await self.link.rows(walk.order_by(*in_order(order)).limit(missing)))
            elif order in BY_LENGTH:
                found += places(step, await self._by_length(expr, order, last, missing))
            else:
                found += places(step, await self.link.rows(self._streamed(expr, order, last, *PLACE).limit(missing)))
        return found

    async def lines(self, expr: Expr | None, limit: int) -> tuple[str, int]:
        if expr is None:
            found = select(LINES).where(*self.scope.conditions()).order_by(ROW.number.desc())
        else:
            found = self._streamed(expr, Order.NEWEST, None, LINES)
        row = await self.link.row(gathered(found.limit(limit)))
        return (row["lines"], row["count"]) if row else ("", 0)

    async def _gathered_page(
        self, steps: Sequence[Step], exprs: Sequence[Expr], order: Order, after: Mark | None, limit: int
    ) -> Sequence[Place]:
        """All steps at once: what the widest finds, each song in the first step that it fits."""
        hits = self._found(widest(exprs[-1]), *PLACE).cte("hits").prefix_with("MATERIALIZED")

        def fits(expr: Expr) -> ColumnElement[bool]:
            inside = self._matched(in_guild(expr, self.scope.guild_id))
            return hits.c.number.in_(select(WORDS.rowid).where(*inside))

        paged = stepped([step for step, _ in steps], exprs, hits, fits)
        return stepped_places(await self.link.rows(further(paged, order, after).limit(limit)))

    async def _by_length(self, expr: Expr, order: Order, after: Mark | None, limit: int) -> Sequence[Any]:
        everything = self._found(expr, *PLACE).where(*beyond(order, after)).order_by(*in_order(order)).limit(limit)
        if self._counted.get(expr, self._bound) < self._bound:
            return await self.link.rows(everything)
        for songs in self.effort.lengths:
            window = await self._window(order, after, songs)
            if window is None:
                break
            among, bound = window
            within = self._found(All((expr, among)), *PLACE).where(bound, *beyond(order, after))
            rows = await self.link.rows(within.order_by(*in_order(order)).limit(limit))
            if len(rows) == limit:
                return rows
        return await self.link.rows(everything)

    async def _window(self, order: Order, after: Mark | None, songs: int) -> tuple[Expr, ColumnElement[bool]] | None:
        """Which lengths the next so many songs of the scope have; None where there are fewer."""
        walk = select(ROW.length_s).where(*self.scope.in_guild(), *beyond(order, after)).order_by(*in_order(order))
        row = await self.link.row(walk.offset(songs).limit(1))
        if row is None:
            return None
        if order is Order.LONGEST:
            tokens = longer_tokens(row["length_s"], None if after is None else after.length_s)
            return one_of(tokens), ROW.length_s >= row["length_s"]
        tokens = longer_tokens(0.0 if after is None else after.length_s, row["length_s"])
        return one_of(tokens), ROW.length_s <= row["length_s"]

    def _streamed(self, expr: Expr, order: Order, after: Mark | None, *columns: ColumnElement[Any]) -> Found:
        found = self._found(expr, *columns).order_by(STREAMED[order])
        if after is None:
            return found
        return found.where(WORDS.rowid < after.number if order is Order.NEWEST else WORDS.rowid > after.number)

    def _found(self, expr: Expr, *columns: ColumnElement[Any]) -> Found:
        inside = self._matched(in_guild(expr, self.scope.guild_id))
        return select(*columns).select_from(JOINED).where(*inside, *self.scope.conditions(hidden=True))

    def _shown(self, expr: Expr) -> list[Expr]:
        """What FTS5 alone finds of the scope: nobody's private songs, and the viewer's own."""
        inside = in_guild(expr, self.scope.guild_id)
        if self.scope.private_too:
            return [inside]
        private = Token(PRIVATE)
        own = [] if self.scope.viewer_id is None else [Token(f"{OWNER}{self.scope.viewer_id}")]
        return [But(inside, private), *(All((inside, private, owner)) for owner in own)]

    def _matched(self, expr: Expr) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = [WORDS.song_words.op("MATCH")(fts5(expr))]
        low, high = self.scope.numbers
        if low is not None:
            wanted.append(WORDS.rowid >= low)
        if high is not None:
            wanted.append(WORDS.rowid < high)
        return wanted
