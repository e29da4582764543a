"""Full text on PostgreSQL: tsvector under a GIN index, which finds in no order, beside walks along the ordered ones."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field
from sqlalchemy import ARRAY, BigInteger, ColumnElement, RowMapping, any_, func, literal, select

from conductr_store.finding import (
    All,
    But,
    Expr,
    Mark,
    Sample,
    Window,
    bounded,
    in_guild,
    longer_tokens,
    newest_window,
    oldest_window,
    one_of,
)
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
    further,
    gathered,
    in_order,
    mark_of,
    places,
    stepped,
    stepped_places,
    widest,
)
from .tsquery import LINES, Found, asked, fits, in_this_order, lines_of, matches, matching

COMMON_FOR_A_PAGE = 0.1  # share of the sample from which a walk is quicker than the index
LIKELY = 1.5  # windows in which so many times what is wanted stands, by what is known, are asked for first
FEW_MET = 3  # of the sample: with less, nobody knows how wide a window must be
NOTHING_SEEN = Sample()
FORCED = ("enable_seqscan", "enable_sort", "jit")  # each statement is written for one way, and short: no guesses


@define(eq=False)
class TSearch:
    link: Link
    scope: Scope
    effort: Effort
    _hits: dict[Expr, int] = field(factory=dict[Expr, int])  # in the sample
    _found: dict[Expr, list[int]] = field(factory=dict[Expr, list[int]])  # numbers of all, where these are few
    _sample: Sample = NOTHING_SEEN

    async def look(self, exprs: Sequence[Expr]) -> None:
        newest = select(ROW.number, ROW.tokens).where(*self.scope.conditions()).order_by(ROW.number.desc())
        among = newest.limit(self._sampled).subquery()
        hits = [
            func.count().filter(among.c.tokens.op("@@")(asked(expr))).label(f"hits_{at}")
            for at, expr in enumerate(exprs)
        ]
        first = select(ROW.number).where(*self.scope.in_guild()).order_by(ROW.number).limit(1).scalar_subquery()
        ends = (func.min(among.c.number).label("oldest"), func.max(among.c.number).label("newest"))
        forced = [func.set_config(name, "off", True) for name in FORCED]
        seen = select(func.count().label("songs"), *ends, first.label("first"), *hits, *forced).select_from(among)
        row = await self.link.row(seen)
        if row is not None and row["songs"]:
            self._sample = Sample(row["songs"], row["oldest"], row["newest"], row["first"])
            self._hits |= {expr: row[f"hits_{at}"] for at, expr in enumerate(exprs)}

    async def count(self, expr: Expr | None, bound: int) -> int:
        one = select(literal(1).label("one")).select_from(song_search)
        if expr is None:
            return await self._counted(one.where(*self.scope.conditions()).order_by(ROW.number.desc()), bound)
        if self._all_seen:
            return min(bound, self._hits.get(expr, 0))
        # The index gathers all that it finds before the first of it is counted: the less it is asked for, the better.
        known = self._met(expr) >= (1 if isinstance(expr, All) else FEW_MET)  # to compare several takes it longer
        songs = int(bound / self._share(expr) * LIKELY) if known else 0
        while known and songs <= self._widest_window:
            window = newest_window(self._sample, songs, self.scope.numbers)
            counted = await self._counted(one.where(*self._within(expr, window)), bound)
            if counted == bound:
                return bound
            songs = int(songs * bound / max(1, counted) * LIKELY)
        every = select(ROW.number).where(*self._bounded(expr)).limit(bound).subquery()
        row = await self.link.row(select(func.array_agg(every.c.number).label("numbers")))
        numbers: list[int] = (row["numbers"] if row else None) or []
        if len(numbers) < bound:
            self._found[expr] = numbers
        return len(numbers)

    async def page(self, steps: Sequence[Step], order: Order, after: Mark | None, limit: int) -> Sequence[Place]:
        exprs = [expr for _, expr in steps if expr is not None]
        if exprs and self._gathers(widest(exprs[-1])):
            return await self._gathered_page(steps, exprs, order, after, limit)
        found: list[Place] = []
        for step, expr in steps:
            if len(found) == limit:
                break
            last, missing = mark_of(step, after), limit - len(found)
            if expr is None:
                walk = select(*PLACE).where(*self.scope.conditions(), *beyond(order, last)).order_by(*in_order(order))
                found += places(step, await self.link.rows(walk.limit(missing)))
            else:
                found += places(step, await self._sought(expr, order, last, missing))
        return found

    async def lines(self, expr: Expr | None, limit: int) -> tuple[str, int]:
        if expr is None:
            walk = select(LINES).where(*self.scope.conditions()).order_by(ROW.number.desc()).limit(limit)
            return await self._lined(walk)
        share = 0.0 if self._gathers(expr) else self._likely_share(expr)
        for songs in self.effort.windows:
            if not self._hopeful(songs, share, limit):
                continue
            window = newest_window(self._sample, songs, self.scope.numbers)
            lined = await self._lined(lines_of(self._within(expr, window)).limit(limit))
            if lined[1] == limit:
                return lined
            share = lined[1] / songs
        return await self._lined(lines_of(self._bounded(expr)).limit(limit))

    @property
    def _all_seen(self) -> bool:
        return self._sample.songs < self._sampled

    @property
    def _sampled(self) -> int:
        return self.effort.sample if self.scope.guild_id is None else self.effort.sample_of_guild

    def _share(self, expr: Expr) -> float:
        return self._met(expr) / max(1, self._sample.songs)

    def _met(self, expr: Expr) -> int:
        match expr:
            case But(this, other) if this in self._hits and other in self._hits:
                return self._hits[this] - self._hits[other]
            case _:
                return self._hits.get(expr, 0)

    def _gathers(self, expr: Expr) -> bool:
        return self._all_seen or expr in self._found

    async def _gathered_page(
        self, steps: Sequence[Step], exprs: Sequence[Expr], order: Order, after: Mark | None, limit: int
    ) -> Sequence[Place]:
        """All steps at once: what the widest finds, each song in the first step that it fits."""
        found = self._bounded(widest(exprs[-1]))
        hits = select(*PLACE, ROW.tokens).where(*found).cte("hits").prefix_with("MATERIALIZED")
        paged = stepped([step for step, _ in steps], exprs, hits, lambda expr: fits(expr, hits.c.tokens))
        return stepped_places(await self.link.rows(further(paged, order, after).limit(limit)))

    async def _sought(self, expr: Expr, order: Order, after: Mark | None, limit: int) -> Sequence[RowMapping]:
        """A page of one step: on a walk, or among few, then in windows, then among all, until there is enough."""
        ends = beyond(order, after)
        if self._share(expr) >= COMMON_FOR_A_PAGE:
            rows = await self.link.rows(self._walk(expr, order, ends).limit(limit))
            if len(rows) == limit:
                return rows
        share = self._likely_share(expr)
        for songs in self.effort.lengths if order in BY_LENGTH else self.effort.windows:
            if not self._hopeful(songs, share, limit):
                continue
            inside = await self._in_window(expr, order, after, songs)
            if inside is None:
                break
            rows = await self.link.rows(in_this_order([*inside, *ends], order).limit(limit))
            if len(rows) == limit:
                return rows
            share = len(rows) / songs
        return await self.link.rows(in_this_order([*self._bounded(expr), *ends], order).limit(limit))

    def _walk(self, expr: Expr, order: Order, ends: Sequence[ColumnElement[bool]]) -> Found:
        walk = select(*PLACE, ROW.tokens).where(*self.scope.conditions(), *ends).order_by(*in_order(order))
        met = walk.limit(self.effort.walked).subquery()
        named = (met.c[one.name] for one in PLACE)
        return select(*named).where(fits(expr, met.c.tokens)).order_by(*in_order(order, met.c))

    def _likely_share(self, expr: Expr) -> float:
        """By the sample. A window that has too few tells it better."""
        return (self._met(expr) + 1) / max(1, self._sample.songs)

    def _hopeful(self, songs: int, share: float, limit: int) -> bool:
        return share * songs >= LIKELY * limit and songs <= self._widest_window

    @property
    def _widest_window(self) -> int:
        """One of more than half of all songs saves nothing."""
        seen = self._sample
        return seen.songs * (seen.newest - seen.first) // max(1, seen.newest - seen.oldest) // 2

    async def _in_window(
        self, expr: Expr, order: Order, after: Mark | None, songs: int
    ) -> list[ColumnElement[bool]] | None:
        """What holds of what is found among the next so many songs in `order`; None where there are fewer songs."""
        low, high = self.scope.numbers
        if order not in BY_LENGTH:
            if order is Order.OLDEST:
                low = low if after is None else max(after.number, low or after.number)
                return self._within(expr, oldest_window(self._sample, songs, (low, high)))
            high = high if after is None else min(after.number, high or after.number)
            return self._within(expr, newest_window(self._sample, songs, (low, high)))
        walk = select(ROW.length_s).where(*self.scope.in_guild(), *beyond(order, after)).order_by(*in_order(order))
        row = await self.link.row(walk.offset(songs).limit(1))
        if row is None:
            return None
        length_s = row["length_s"]
        if order is Order.LONGEST:
            tokens = longer_tokens(length_s, None if after is None else after.length_s)
            return [*self._bounded(expr), matches(one_of(tokens)), ROW.length_s + 0 >= length_s]
        tokens = longer_tokens(0.0 if after is None else after.length_s, length_s)
        return [*self._bounded(expr), matches(one_of(tokens)), ROW.length_s + 0 <= length_s]

    def _bounded(self, expr: Expr) -> list[ColumnElement[bool]]:
        """All that is found in the scope."""
        if expr in self._found:
            return [ROW.number == any_(literal(self._found[expr], ARRAY(BigInteger)))]
        if self._all_seen:
            return [*self.scope.conditions(), matches(expr).is_(True)]  # which no index of tokens knows
        if self.scope.numbers == (None, None):
            return [*matching(in_guild(expr, self.scope.guild_id)), *self.scope.conditions(hidden=True)]
        return self._within(expr, bounded(self._sample, self.scope.numbers))

    def _within(self, expr: Expr, window: Window) -> list[ColumnElement[bool]]:
        stretches = [matches(one_of(window.tokens))] if window.tokens else []
        number = ROW.number + 0  # so that no index of it is taken
        ends = (number >= window.low, number < window.high)
        return [*matching(in_guild(expr, self.scope.guild_id)), *stretches, *ends, *self.scope.conditions(hidden=True)]

    async def _counted(self, some: Found, bound: int) -> int:
        row = await self.link.row(select(func.count().label("count")).select_from(some.limit(bound).subquery()))
        return row["count"] if row else 0

    async def _lined(self, lines: Found) -> tuple[str, int]:
        row = await self.link.row(gathered(lines))
        return (row["lines"], row["count"]) if row else ("", 0)
