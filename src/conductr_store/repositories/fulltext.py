"""Full text on both engines: which songs of a scope a search finds, in order, without reading more than it must.

What is common is met soon on a walk in the asked order; what is rare is gathered from the full-text index and sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from attrs import frozen
from sqlalchemy import ColumnElement, RowMapping, Select, Subquery, UnaryExpression, and_, or_, select, tuple_

from conductr_store.finding import Expr, Mark
from conductr_store.records import TOTAL_AT_MOST, Order
from conductr_store.tables import song_search, songs

ROW = song_search.c
PLACE = (ROW.number, ROW.song_id, ROW.length_s)
RECORD = tuple(column for column in songs.c if column.name != "found_by")


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

    def conditions(self, *, hidden: bool = False) -> list[ColumnElement[bool]]:
        """`hidden`: said so that no index of these columns is taken, and the full-text index tells the guild."""
        found: list[ColumnElement[bool]] = []
        if self.guild_id is not None and not hidden:
            found.append(ROW.guild_id == self.guild_id)
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
    counted_among: int = 10_000  # newest of the scope among which facets are counted, where more than `total` is found
    sample: int = 2_000  # newest of the scope that PostgreSQL looks at, to learn how common something is
    probe: int = 1_000  # who finds so many ...
    probed: int = 80_000  # ... among so many newest is common to SQLite: met soon on a walk


USUAL = Effort()
Step = tuple[int, Expr | None]  # with its number


class FullText(Protocol):
    """One search at one engine. An expression is None where every song of the scope is wanted."""

    @property
    def scope(self) -> Scope: ...

    async def look(self, exprs: Sequence[Expr]) -> None:
        """Learn how common these are. The other calls take only these, and `But` of two of them."""
        ...

    async def count(self, expr: Expr | None, bound: int) -> int:
        """`bound` where there are as many or more."""
        ...

    async def page(self, steps: Sequence[Step], order: Order, after: Mark | None, limit: int) -> Sequence[RowMapping]:
        """The next songs of all steps, one step after the other, each in `order`: any but BEST. As `with_songs`."""
        ...

    async def labels(self, expr: Expr | None, floor: int | None, limit: int) -> Sequence[RowMapping]:
        """`labels`, `number`, `length_s` of the newest that are found, from number `floor` on.

        Without a `floor` there must be no more than `limit`.
        """
        ...


def with_songs(found: Subquery, order: Order) -> Select[*tuple[Any, ...]]:
    """Songs by the places that were found, in order, each with its step, number and length beside it."""
    place = found.c
    columns = (place.step.label("in_step"), place.number.label("at_number"), place.length_s.label("at_length_s"))
    joined = found.join(songs, songs.c.id == place.song_id)
    return select(*RECORD, *columns).select_from(joined).order_by(place.step, *in_order(order, place))


def every(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(True, *conditions)
