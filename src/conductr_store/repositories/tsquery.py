"""What a tsvector is asked, and what is found by it gathered before it is sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY

from conductr_store.finding import All, But, Expr, Token, tsquery
from conductr_store.records import Order

from .fulltext import PLACE, ROW, faceted, in_order

LINES = faceted(cast(func.trunc(ROW.length_s), Integer) // 60).label("lines")
Found = Select[*tuple[Any, ...]]


def in_this_order(conditions: Sequence[ColumnElement[bool]], order: Order) -> Found:
    """Gathered first, for else the planner would walk along the order in the hope to meet enough soon."""
    hits = select(*PLACE).where(*conditions).cte("hits").prefix_with("MATERIALIZED")
    return select(hits).order_by(*in_order(order, hits.c))


def lines_of(conditions: Sequence[ColumnElement[bool]]) -> Found:
    hits = select(ROW.number, LINES).where(*conditions).cte("hits").prefix_with("MATERIALIZED")
    return select(hits.c.lines).order_by(hits.c.number.desc())


def matching(expr: Expr) -> list[ColumnElement[bool]]:
    """The same as `matches`, in parts: GIN then skips in each to what the others find, which it does not within one.

    Words that must all be there are one part: these it compares as quickly as parts.
    """
    match expr:
        case All(parts):
            words = tuple(part for part in parts if isinstance(part, Token))
            others = [said for part in parts if not isinstance(part, Token) for said in matching(part)]
            return [matches(All(words)), *others] if words else others
        case But(this, other):
            return [*matching(this), ROW.tokens.op("@@", is_comparison=True)(_asked(f"!{tsquery(other)}"))]
        case _:
            return [matches(expr)]


def matches(expr: Expr) -> ColumnElement[bool]:
    return fits(expr, ROW.tokens)


def fits(expr: Expr, tokens: ColumnElement[Any]) -> ColumnElement[bool]:
    return tokens.op("@@", is_comparison=True)(asked(expr))


def asked(expr: Expr) -> ColumnElement[Any]:
    return _asked(tsquery(expr))


def _asked(said: str) -> ColumnElement[Any]:
    return cast(literal(said), TSQUERY)
