"""Full text on SQLite: FTS5, which streams what it finds in the order of the songs' numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    union_all,
)

from conductr_store.finding import All, AnyOf, But, Expr, Mark, Token, fts5, in_guild
from conductr_store.link import Link
from conductr_store.records import Order
from conductr_store.tables import song_search

from .fulltext import PLACE, ROW, Effort, Scope, Step, beyond, every, in_order, with_songs

SONG_WORDS = table("song_words", column("rowid"), column("song_words"))
WORDS = SONG_WORDS.c
# The plus keeps SQLite from going the other way round, which would look up every song of the scope in FTS5.
JOINED = SONG_WORDS.join(song_search, literal_column("+song_words.rowid") == ROW.number)
STREAMED = {Order.NEWEST: WORDS.rowid.desc(), Order.OLDEST: WORDS.rowid.asc()}
Found = Select[*tuple[Any, ...]]


@frozen(eq=False)
class Fts5:
    link: Link
    scope: Scope
    effort: Effort

    async def look(self, exprs: Sequence[Expr]) -> None:
        """Nothing: FTS5 streams, so a search costs what it returns."""

    async def count(self, expr: Expr | None, bound: int) -> int:
        if expr is None:
            some = select(literal(1)).select_from(song_search).where(*self.scope.conditions()).limit(bound)
        else:
            some = self._found(expr, None, Order.NEWEST, literal(1)).limit(bound)
        row = await self.link.row(select(func.count().label("count")).select_from(some.subquery()))
        return row["count"] if row else 0

    async def page(self, steps: Sequence[Step], order: Order, after: Mark | None, limit: int) -> Sequence[RowMapping]:
        found: list[Found] = []
        for step, expr in steps:
            columns = (literal(step).label("step"), *PLACE)
            last = after if after is not None and after.step == step else None
            if expr is None or (order not in STREAMED and await self._is_common(expr)):
                told = [] if expr is None else [stands_in(expr)]
                conditions = (*self.scope.conditions(), *beyond(order, last), *told)
                found.append(select(*columns).where(*conditions).order_by(*in_order(order)).limit(limit))
            else:
                found.append(self._found(expr, last, order, *columns).limit(limit))
        every_step = union_all(*(select(one.subquery()) for one in found)) if len(found) > 1 else found[0]
        return await self.link.rows(with_songs(every_step.subquery(), order).limit(limit))

    async def labels(self, expr: Expr | None, floor: int | None, limit: int) -> Sequence[RowMapping]:
        columns = (ROW.labels, ROW.number, ROW.length_s)
        if expr is None:
            found = select(*columns).where(*self.scope.conditions()).order_by(ROW.number.desc())
            return await self.link.rows(found.where(every([] if floor is None else [ROW.number >= floor])).limit(limit))
        found = self._found(expr, None, Order.NEWEST, *columns)
        return await self.link.rows(found.where(every([] if floor is None else [WORDS.rowid >= floor])).limit(limit))

    def _found(
        self, expr: Expr, after: Mark | None, order: Order, *columns: ColumnElement[Any]
    ) -> Select[*tuple[Any, ...]]:
        wanted: list[ColumnElement[bool]] = [WORDS.song_words.op("MATCH")(fts5(in_guild(expr, self.scope.guild_id)))]
        low, high = self.scope.numbers
        if low is not None:
            wanted.append(WORDS.rowid >= low)
        if high is not None:
            wanted.append(WORDS.rowid < high)
        if order in STREAMED and after is not None:
            wanted.append(WORDS.rowid < after.number if order is Order.NEWEST else WORDS.rowid > after.number)
        elif after is not None:
            wanted.extend(beyond(order, after))
        ordered = (STREAMED[order],) if order in STREAMED else in_order(order)
        return (
            select(*columns).select_from(JOINED).where(*wanted, *self.scope.conditions(hidden=True)).order_by(*ordered)
        )

    async def _is_common(self, expr: Expr) -> bool:
        probe = self._found(expr, None, Order.NEWEST, ROW.number.label("number")).limit(self.effort.probe).subquery()
        met = select(func.count().label("count"), func.min(probe.c.number).label("oldest")).select_from(probe)
        row = await self.link.row(met)
        if row is None or row["count"] < self.effort.probe:
            return False
        since = select(literal(1)).select_from(song_search).where(ROW.number >= row["oldest"], *self._in_guild())
        among = select(func.count().label("count")).select_from(since.limit(self.effort.probed).subquery())
        row = await self.link.row(among)
        return row is not None and row["count"] < self.effort.probed

    def _in_guild(self) -> list[ColumnElement[bool]]:
        return [] if self.scope.guild_id is None else [ROW.guild_id == self.scope.guild_id]


def stands_in(expr: Expr) -> ColumnElement[bool]:
    """What holds of a row's tokens, told by the row itself."""
    match expr:
        case Token(word):
            return func.instr(ROW.tokens, f" {word} ") > 0
        case All(parts):
            return and_(*map(stands_in, parts))
        case AnyOf(parts):
            return or_(*map(stands_in, parts))
        case But(this, other):
            return and_(stands_in(this), not_(stands_in(other)))
