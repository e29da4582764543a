"""Full text on both engines: which songs of a scope a search finds, in order, without reading more than it must.

What is common is met soon on a walk in the asked order; what is rare is gathered from the full-text index and sorted;
what is neither is sought in windows of the next few thousand songs in that order, each wider than the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from attrs import frozen
from sqlalchemy import (
    CTE,
    ColumnElement,
    RowMapping,
    Select,
    Text,
    UnaryExpression,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)

from conductr_store.finding import But, Expr, Mark
from conductr_store.finding.counting import DAY_LINE, DAY_MS, MINUTE_LINE
from conductr_store.records import TOTAL_AT_MOST, Order
from conductr_store.tables import song_search

ROW = song_search.c
PLACE = (ROW.number, ROW.song_id, ROW.length_s)


def in_order(order: Order, row: Any = ROW) -> tuple[UnaryExpression[Any], ...]:
    """How `row`, song_search or what was gathered of it, is sorted for any order but BEST."""
    match order:
        case Order.OLDEST:
            return (row.number.asc(),)
        case Order.LONGEST:
            return (row.length_s.desc(), row.number.desc())
        case Order.SHORTEST:
            return (row.length_s.asc(), row.number.asc())
        case _:
            return (row.number.desc(),)


def beyond(order: Order, after: Mark | None, row: Any = ROW) -> list[ColumnElement[bool]]:
    """What comes after a page's end."""
    if after is None:
        return []
    at, mark = tuple_(row.length_s, row.number), tuple_(after.length_s, after.number)
    match order:
        case Order.OLDEST:
            return [row.number > after.number]
        case Order.LONGEST:
            return [at < mark]
        case Order.SHORTEST:
            return [at > mark]
        case _:
            return [row.number < after.number]


@frozen
class Scope:
    """The songs among which a search looks, told by columns. `numbers` and `lengths`: from .. to, without the end."""

    guild_id: int | None = None
    private_too: bool = False
    viewer_id: int | None = None
    numbers: tuple[int | None, int | None] = (None, None)
    lengths: tuple[float | None, float | None] = (None, None)

    def in_guild(self) -> list[ColumnElement[bool]]:
        return [] if self.guild_id is None else [ROW.guild_id == self.guild_id]

    def conditions(self, *, hidden: bool = False) -> list[ColumnElement[bool]]:
        """`hidden`: said so that no index of these columns is taken, and the full-text index tells the guild."""
        found = [] if hidden else self.in_guild()
        if not self.private_too:
            shared = ROW.private.is_(False)
            found.append(shared if self.viewer_id is None else or_(shared, ROW.owner_id == self.viewer_id))
        nothing = 0 if hidden else None
        for column, (low, high) in ((ROW.number, self.numbers), (ROW.length_s, self.lengths)):
            value = column if nothing is None else column + nothing
            if low is not None:
                found.append(value >= low)
            if high is not None:
                found.append(value < high)
        return found


@frozen
class Effort:
    """How far a search goes, in songs. Another than this is for tests, which have few."""

    total: int = TOTAL_AT_MOST
    counted_among: int = 300  # newest of what was found among which facets are counted, where more than `total` is
    sample: int = 256  # newest of the scope that PostgreSQL looks at, to learn how common something is
    sample_of_guild: int = 600  # most guilds have fewer songs: then all is seen
    walked: int = 256  # looked at one by one, in the asked order, before an index is asked
    few: int = 300  # so many are gathered in any order and sorted
    windows: tuple[int, ...] = (4_000, 32_000, 256_000)  # newest or oldest that the index is asked for, one by one
    lengths: tuple[int, ...] = (3_000, 24_000)  # likewise the longest or shortest


USUAL = Effort()
BY_LENGTH = (Order.LONGEST, Order.SHORTEST)
Step = tuple[int, Expr | None]  # with its number


@frozen(order=True)
class Place:
    """Where a song that was found stands."""

    step: int
    number: int
    song_id: str
    length_s: float


class FullText(Protocol):
    """One search at one engine. An expression is None where every song of the scope is wanted."""

    async def look(self, exprs: Sequence[Expr]) -> None:
        """Learn how common these are. The other calls take only these, and `But` of two of them."""
        ...

    async def count(self, expr: Expr | None, bound: int) -> int:
        """`bound` where there are as many or more. To be asked before the pages and labels of what was counted."""
        ...

    async def page(self, steps: Sequence[Step], order: Order, after: Mark | None, limit: int) -> Sequence[Place]:
        """The next of all steps, one step after the other, each in `order`: any but BEST."""
        ...

    async def lines(self, expr: Expr | None, limit: int) -> tuple[str, int]:
        """What facets count of the newest that are found, as `count_facets` reads it, and of how many songs."""
        ...


def faceted(minute: ColumnElement[int]) -> ColumnElement[str]:
    """A song's lines for `count_facets`. `minute`: of its length, as the engine says it."""
    known = case((ROW.length_s > 0, literal(f"\n{MINUTE_LINE}") + cast(minute, Text)), else_=literal(""))
    return ROW.labels + known + literal(f"\n{DAY_LINE}") + cast(ROW.number // DAY_MS, Text)


def gathered(lines: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """All of a column `lines` in one text, since thousands of rows cost more on the way than in the database."""
    found = lines.subquery()
    every = func.coalesce(func.aggregate_strings(found.c.lines, "\n"), "")
    return select(func.count().label("count"), every.label("lines"))


def places(step: int, rows: Sequence[RowMapping]) -> list[Place]:
    return [Place(step, row["number"], row["song_id"], row["length_s"]) for row in rows]


def widest(expr: Expr) -> Expr:
    """Of a step, with what earlier steps have found."""
    return expr.this if isinstance(expr, But) else expr


def stepped(
    numbers: Sequence[int], exprs: Sequence[Expr], hits: CTE, fits: Callable[[Expr], ColumnElement[bool]]
) -> CTE:
    """Places of `hits`, which the last step finds with those before it, each in the first step that it fits.

    What a step before the first of these has found is left out.
    """
    told = [(fits(widest(expr)), number) for number, expr in zip(numbers[:-1], exprs[:-1], strict=True)]
    which: ColumnElement[int] = case(*told, else_=numbers[-1]) if told else literal(numbers[-1])
    told_before = [not_(fits(exprs[0].other))] if isinstance(exprs[0], But) else []
    named = (which.label("step"), *(hits.c[one.name] for one in PLACE))
    return select(*named).where(*told_before).cte("stepped")


def further(paged: CTE, order: Order, after: Mark | None) -> Select[*tuple[Any, ...]]:
    """What comes after a page's end, over several steps."""
    step = paged.c.step
    beyond_it = [] if after is None else [or_(step > after.step, *beyond(order, after, paged.c))]
    return select(paged).where(*beyond_it).order_by(step, *in_order(order, paged.c))


def stepped_places(rows: Sequence[RowMapping]) -> list[Place]:
    return [Place(row["step"], row["number"], row["song_id"], row["length_s"]) for row in rows]


def mark_of(step: int, after: Mark | None) -> Mark | None:
    """A page's end, for the step in which it was."""
    return after if after is not None and after.step == step else None
