"""What is asked of the library, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.converters import optional

from .moments import utc
from .songs import Song

TOTAL_AT_MOST = 500


class Order(StrEnum):
    """BEST: where all words stand in the title, then in names (title, tags, style, genres, owner), then anywhere.

    Among equals the newest comes first. A song whose length is not known is 0 s long.
    """

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    SHORTEST = "shortest"


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


@frozen(kw_only=True)
class LibraryQuery:
    """What to find. Filters hold together; of several genres (styles, models) a song needs one.

    `guild_id` None: songs that are open to all, and `viewer_id`'s own. In a guild: its songs, without the private
    ones of others than `viewer_id`. `everything`: as the operator sees it, also what is private.
    `text`: every word must be found; the last may be unfinished. Where nothing is found, words with one slip count.
    `length_s`: from .. to, in seconds, without the upper end; None is open. `since` .. `until` likewise, to the
    millisecond. `after`: the `next` of the page before; `offset` songs more are passed over (slow where it is large).
    """

    guild_id: int | None = None
    viewer_id: int | None = None
    everything: bool = False
    text: str = ""
    genres: tuple[str, ...] = field(default=(), converter=_once)
    styles: tuple[str, ...] = field(default=(), converter=_once)
    models: tuple[str, ...] = field(default=(), converter=_once)
    owner_id: int | None = None
    length_s: tuple[float | None, float | None] = (None, None)
    since: datetime | None = field(default=None, converter=optional(utc))
    until: datetime | None = field(default=None, converter=optional(utc))
    order: Order = field(default=Order.NEWEST, converter=Order)
    after: str | None = None
    offset: int = 0
    limit: int = 25
    facets: bool = False


@frozen
class Facet:
    value: str
    count: int


@frozen
class Facets:
    """What a further filter would leave, the most frequent first. `lengths` by minute ("3": 3:00 to 3:59, "10": and
    more), `months` as "2026-11" in UTC. Counted over all that was found where `complete`, else over the newest of it:
    `counted` songs.
    """

    genres: tuple[Facet, ...]
    styles: tuple[Facet, ...]
    models: tuple[Facet, ...]
    lengths: tuple[Facet, ...]
    months: tuple[Facet, ...]
    counted: int
    complete: bool


@frozen
class LibraryPage:
    """A stretch of what was found. `total` is exact up to TOTAL_AT_MOST; `more` than that are there where it says so.

    `next` is where the following page begins, None on the last. `mended`: nothing was found by the words as written,
    so these are songs with words that differ by one slip.
    """

    items: tuple[Song, ...]
    total: int
    more: bool = False
    next: str | None = None
    mended: bool = False
    facets: Facets | None = None
