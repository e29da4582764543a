"""Full text on PostgreSQL: tsvector under a GIN index, which finds in no order, beside walks along the ordered ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, field
from sqlalchemy import ColumnElement, RowMapping, Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY

from conductr_store.finding import But, Expr, Mark, in_guild, tsquery
from conductr_store.link import Link
from conductr_store.records import Order
from conductr_store.tables import song_search

from .fulltext import PLACE, ROW, Effort, Scope, Step, beyond, every, in_order, with_songs

# Shares from which a walk is quicker than the index (measured, docs/performance.md): for a page, and for a count.
COMMON_FOR_A_PAGE = 0.006
COMMON_FOR_A_COUNT = 0.07
FORCED = ("enable_seqscan", "enable_sort", "jit")  # each statement is written for one way, and short: no guesses


@define(eq=False)
class TSearch:
    link: Link
    scope: Scope
    effort: Effort
    _shares: dict[Expr, float] = field(factory=dict)
    _all_seen: bool = False  # the sample was the whole scope

    async def look(self, exprs: Sequence[Expr]) -> None:
        newest = (
            select(ROW.tokens)
            .where(*self.scope.conditions())
            .order_by(ROW.number.desc())
            .limit(self.effort.sample)
            .subquery()
        )
        found = [
            func.count().filter(newest.c.tokens.op("@@")(_query(expr))).label(f"found_{at}")
            for at, expr in enumerate(exprs)
        ]
        forced = [func.set_config(name, "off", True) for name in FORCED]
        row = await self.link.row(select(func.count().label("seen"), *found, *forced).select_from(newest))
        seen = row["seen"] if row else 0
        self._all_seen = seen < self.effort.sample
        self._shares |= {expr: row[f"found_{at}"] / max(1, seen) for at, expr in enumerate(exprs) if row}

    async def count(self, expr: Expr | None, bound: int) -> int:
        some = select(literal(1)).select_from(song_search)
        if expr is None:
            some = some.where(*self.scope.conditions()).order_by(ROW.number.desc())
        elif self._is_common(expr, COMMON_FOR_A_COUNT):
            some = some.where(*self.scope.conditions(), _seen(expr)).order_by(ROW.number.desc())
        else:
            some = some.where(*self._indexed(expr))
        row = await self.link.row(select(func.count().label("count")).select_from(some.limit(bound).subquery()))
        return row["count"] if row else 0

    async def page(self, steps: Sequence[Step], order: Order, after: Mark | None, limit: int) -> Sequence[RowMapping]:
        rows: list[RowMapping] = []
        for step, expr in steps:
            if len(rows) == limit:
                break
            last = after if after is not None and after.step == step else None
            found = self._found(step, expr, order, last).limit(limit - len(rows))
            rows += await self.link.rows(with_songs(found.subquery(), order))
        return rows

    async def labels(self, expr: Expr | None, floor: int | None, limit: int) -> Sequence[RowMapping]:
        found = select(ROW.labels, ROW.number, ROW.length_s)
        if expr is not None and floor is None and not self._all_seen:
            return await self.link.rows(found.where(*self._indexed(expr)).limit(limit))
        found = found.where(*self.scope.conditions(), every([] if expr is None else [_seen(expr)]))
        found = found.where(every([] if floor is None else [ROW.number >= floor]))
        return await self.link.rows(found.order_by(ROW.number.desc()).limit(limit))

    def _is_common(self, expr: Expr, share: float) -> bool:
        return self._all_seen or self._share(expr) >= share

    def _share(self, expr: Expr) -> float:
        match expr:
            case But(this, other) if this in self._shares and other in self._shares:
                return self._shares[this] - self._shares[other]
            case _:
                return self._shares[expr]

    def _indexed(self, expr: Expr) -> list[ColumnElement[bool]]:
        found = ROW.tokens.op("@@", is_comparison=True)(_query(in_guild(expr, self.scope.guild_id)))
        return [found, *self.scope.conditions(hidden=True)]

    def _found(self, step: int, expr: Expr | None, order: Order, after: Mark | None) -> Select[*tuple[Any, ...]]:
        numbered = literal(step).label("step")
        if expr is None or self._is_common(expr, COMMON_FOR_A_PAGE):
            conditions = [*self.scope.conditions(), *beyond(order, after), *([] if expr is None else [_seen(expr)])]
            return select(numbered, *PLACE).where(*conditions).order_by(*in_order(order))
        hits = select(*PLACE).where(*self._indexed(expr)).cte("hits").prefix_with("MATERIALIZED")
        return select(numbered, hits).where(*beyond(order, after, hits.c)).order_by(*in_order(order, hits.c))


def _query(expr: Expr) -> ColumnElement[Any]:
    return cast(literal(tsquery(expr)), TSQUERY)


def _seen(expr: Expr) -> ColumnElement[bool]:
    """Told by the row itself: the index does not know `IS TRUE`."""
    return ROW.tokens.op("@@", is_comparison=True)(_query(expr)).is_(True)
