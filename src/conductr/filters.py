"""Filters: a member's lists in a server, narrowed to a genre or a style until they clear it."""

from __future__ import annotations

from difflib import get_close_matches

from attrs import frozen

from conductr_store import LibraryPage, LibraryQuery, Store, UnitOfWork, User
from conductr_store.genres import genre, key, nearest
from conductr_store.records import NarrowedBy, Narrowing

from .access import Caller
from .denials import UnknownGenre
from .outcomes import FilterOff, FilterSet, FilterShown
from .saved import know_guild

OFF = frozenset({"off", "none", "-"})
NEAR = 3  # names that were perhaps meant
CLOSE = 0.6  # difflib's ratio from which a name counts as near
TAG_LIMIT = 100  # characters


@frozen
class Filters:
    store: Store

    async def set(self, caller: Caller, tag: str) -> FilterSet | FilterOff:
        """Narrow what the caller is shown and offered here; "off" shows all again. Raises UnknownGenre."""
        said = " ".join(tag[:TAG_LIMIT].split())
        async with self.store.begin() as tx:
            if said.casefold() in OFF or not said:
                was = await tx.listening.narrow(caller.guild_id, caller.user_id, None)
                return FilterOff(None if was is None else was.value)
            narrowing, page = await _meant(tx, caller, said)
            await tx.users.put(User(caller.user_id, caller.name))
            await know_guild(tx, caller.guild_id, caller.guild_name)
            await tx.listening.narrow(caller.guild_id, caller.user_id, narrowing)
            return FilterSet(narrowing.kind.value, narrowing.value, page.total, page.more)

    async def shown(self, caller: Caller) -> FilterShown:
        async with self.store.begin() as tx:
            narrowing = await tx.listening.narrowed(caller.guild_id, caller.user_id)
            if narrowing is None:
                return FilterShown(None, None)
            page = await tx.library.find(narrowed(caller, narrowing, limit=0))
            return FilterShown(narrowing.kind.value, narrowing.value, page.total)


def narrowed(caller: Caller, narrowing: Narrowing | None, *, limit: int, facets: bool = False) -> LibraryQuery:
    """All that the caller may find here, as far as it is narrowed."""
    genres, styles = names_of(narrowing)
    return LibraryQuery(
        guild_id=caller.guild_id,
        viewer_id=caller.user_id,
        genres=genres,
        styles=styles,
        limit=limit,
        facets=facets,
    )


def names_of(narrowing: Narrowing | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The genres and styles that a question to the library names."""
    if narrowing is None:
        return (), ()
    return ((narrowing.value,), ()) if narrowing.kind is NarrowedBy.GENRE else ((), (narrowing.value,))


async def _meant(tx: UnitOfWork, caller: Caller, said: str) -> tuple[Narrowing, LibraryPage]:
    """A genre of the vocabulary, else a tag that songs here have. Raises UnknownGenre."""
    ways = [Narrowing(NarrowedBy.STYLE, said)]
    if (known := genre(said)) is not None:
        ways.insert(0, Narrowing(NarrowedBy.GENRE, known))
    for way in ways:
        page = await tx.library.find(narrowed(caller, way, limit=0))
        if page.total:
            return way, page
    raise UnknownGenre(said, await _near(tx, caller, said))


async def _near(tx: UnitOfWork, caller: Caller, said: str) -> tuple[str, ...]:
    """Names that songs here have, the likeliest first; where none is near, genres of the vocabulary."""
    facets = (await tx.library.find(narrowed(caller, None, limit=0, facets=True))).facets
    here = [] if facets is None else [facet.value for facet in (*facets.genres, *facets.styles)]
    by_key = {key(name): name for name in reversed(here)}
    close = [by_key[near] for near in get_close_matches(key(said), list(by_key), n=NEAR, cutoff=CLOSE)]
    known = [name for name in nearest(said, NEAR) if name in here]
    return tuple(dict.fromkeys((*known, *close)))[:NEAR] or nearest(said, NEAR)
