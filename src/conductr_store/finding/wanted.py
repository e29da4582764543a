"""From a question to what must hold of a song's tokens; the same said in FTS5's language and in PostgreSQL's. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

from attrs import frozen

from conductr_store.genres import genre
from conductr_store.records import LibraryQuery, Order

from .tokens import (
    ANYWHERE,
    BEGINNING_LETTERS,
    BEGINS,
    GENRE,
    GUILD,
    LAST_TEN,
    MODEL,
    NAMED,
    OPEN_TO_ALL,
    OWNER,
    STYLE,
    TITLE,
    TITLE_BEGINS,
    length_tokens,
)
from .words import Parts, asked_words, joined, label


@frozen
class Token:
    word: str  # letters, digits and _ only


@frozen
class All:
    parts: tuple[Expr, ...]  # one at least


@frozen
class AnyOf:
    parts: tuple[Expr, ...]  # one at least


@frozen
class But:
    """What `this` holds of, without what `other` holds of."""

    this: Expr
    other: Expr


Expr = Token | All | AnyOf | But


@frozen
class Wanted:
    """`tiers`: from the narrowest to the widest, each a part of the next; the last is all that is found.

    An empty one means every song of the scope.
    """

    tiers: tuple[Expr, ...]

    @property
    def widest(self) -> Expr | None:
        return self.tiers[-1] if self.tiers else None

    def steps(self, order: Order) -> tuple[Expr | None, ...]:
        """What a page in this order is filled from, one after the other, each the newest first where it is BEST."""
        if order is not Order.BEST or not self.tiers:
            return (self.widest,)
        return (self.tiers[0], *(But(wider, inner) for inner, wider in pairwise(self.tiers)))

    def looked_at(self, order: Order) -> tuple[Expr, ...]:
        """What `steps` and a count are made of."""
        return self.tiers if order is Order.BEST else self.tiers[-1:]


def wanted(
    query: LibraryQuery,
    owners: Mapping[str, Collection[int]],
    near: Mapping[str, Collection[str]],
) -> Wanted:
    """`owners`: users by the tokens of their names; `near`: words that differ from one that was asked for by a slip."""
    filters = _filters(query)
    asked = asked_words(query.text)
    if not asked:
        return Wanted(() if not filters else (_all(filters),))
    tiers = [
        _all((*(_term(parts, tier, parts is asked[-1], owners, near) for parts in asked), *filters))
        for tier in ((TITLE, TITLE_BEGINS), (NAMED, TITLE_BEGINS), (ANYWHERE, BEGINS))
    ]
    return Wanted(tuple(tiers))


def fts5(expr: Expr) -> str:
    match expr:
        case Token(word):
            return f'"{word}"'
        case All(parts):
            return "(" + " AND ".join(map(fts5, parts)) + ")"
        case AnyOf(parts):
            return "(" + " OR ".join(map(fts5, parts)) + ")"
        case But(this, other):
            return f"({fts5(this)} NOT {fts5(other)})"


def tsquery(expr: Expr) -> str:
    match expr:
        case Token(word):
            return f"'{word}'"
        case All(parts):
            return "(" + " & ".join(map(tsquery, parts)) + ")"
        case AnyOf(parts):
            return "(" + " | ".join(map(tsquery, parts)) + ")"
        case But(this, other):
            return f"({tsquery(this)} & !{tsquery(other)})"


def holds(expr: Expr, tokens: Collection[str]) -> bool:
    match expr:
        case Token(word):
            return word in tokens
        case All(parts):
            return all(holds(part, tokens) for part in parts)
        case AnyOf(parts):
            return any(holds(part, tokens) for part in parts)
        case But(this, other):
            return holds(this, tokens) and not holds(other, tokens)


def _term(
    parts: Parts,
    tier: tuple[str, str],
    last: bool,
    owners: Mapping[str, Collection[int]],
    near: Mapping[str, Collection[str]],
) -> Expr:
    kind, begins = tier
    whole = joined(parts)
    ways: list[Expr] = [Token(kind + whole), *(Token(kind + word) for word in near.get(whole, ()))]
    if last:
        ways.append(Token(begins + whole[:BEGINNING_LETTERS]))
    if len(parts) > 1:
        ways.append(All(tuple(Token(kind + part) for part in parts)))
    if kind != TITLE:
        names = [ANYWHERE + whole, *(ANYWHERE + word for word in near.get(whole, ()))]
        names += [BEGINS + whole[:BEGINNING_LETTERS]] if last else []
        ids = {user_id for name in names for user_id in owners.get(name, ())}
        ways.extend(Token(f"{OWNER}{user_id}") for user_id in sorted(ids))
    return _any(ways)


def _filters(query: LibraryQuery) -> list[Expr]:
    filters: list[Expr] = []
    if not query.everything and query.guild_id is None:
        own = [] if query.viewer_id is None else [Token(f"{OWNER}{query.viewer_id}")]
        filters.append(_any((Token(OPEN_TO_ALL), *own)))
    named = (
        (GENRE, [genre(name) or name for name in query.genres]),
        (STYLE, query.styles),
        (MODEL, query.models),
    )
    filters.extend(_any([Token(kind + label(name)) for name in names]) for kind, names in named if names)
    if query.owner_id is not None:
        filters.append(Token(f"{OWNER}{query.owner_id}"))
    low, high = query.length_s
    if low is not None or high is not None:
        lowest = min(max(0, int((low or 0) // 10)), LAST_TEN)
        beyond = None if high is None else -int(-max(high, 0) // 10)
        filters.append(_any([Token(word) for word in length_tokens(lowest, beyond)] or [Token(NAMED)]))
    return filters


def in_guild(expr: Expr, guild_id: int | None) -> Expr:
    """The same in one guild, told by the index alone."""
    return expr if guild_id is None else All((expr, Token(f"{GUILD}{guild_id}")))


def one_of(words: Collection[str]) -> Expr:
    """One of these tokens, of which there is one at least."""
    return _any([Token(word) for word in words])


def _all(parts: Collection[Expr]) -> Expr:
    return next(iter(parts)) if len(parts) == 1 else All(tuple(parts))


def _any(parts: Collection[Expr]) -> Expr:
    return next(iter(parts)) if len(parts) == 1 else AnyOf(tuple(parts))
