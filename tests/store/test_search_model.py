"""Whatever is asked, both engines answer as plain Python does that looks at every song, while songs come and go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductr_store import Facets, Guild, LibraryQuery, Order, Song, Store
from conductr_store.repositories.fulltext import Effort
from conductr_store.repositories.search import Library
from conductr_store.testing import A_GUILD, A_USER, a_generation, a_song

from . import search_model

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MINUTES = count()
SMALL = Effort(  # every way is gone with a few songs
    total=4, counted_among=3, sample=5, sample_of_guild=3, walked=2, few=1, windows=(4, 9), lengths=(3, 7)
)
WORDS = st.sampled_from(("rain", "rains", "Train", "lo-fi", "lofi", "Ночь", "夜歌", "don't", "o'x", "_", "é", "e"))
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)
MOMENTS = st.none() | st.integers(-1, 80).map(lambda minutes: NOON + MINUTE * minutes + MINUTE / 2)
LENGTHS = st.none() | st.sampled_from((0.0, 9.9, 10.0, 60.0, 125.5, 600.0, 700.0))
VISIBILITY = st.sampled_from(("private", "guild", "public"))
OWNER = st.sampled_from(("ada", "ad", "Ada rain", "rain ada"))

SONGS = st.fixed_dictionaries(
    {
        "title": TEXTS,
        "prompt": TEXTS,
        "lyrics": st.none() | TEXTS,
        "tags": st.lists(st.sampled_from(("Lo Fi", "jazz", "dream pop", "Ночь")), max_size=2).map(tuple),
        "model": st.sampled_from(("V5", "V5_5")),
        "duration_s": LENGTHS,
        "visibility": VISIBILITY,
        "guild_id": st.sampled_from((A_GUILD.id, 12)),
    }
)
QUERIES = st.builds(
    LibraryQuery,
    guild_id=st.none() | st.just(A_GUILD.id),
    viewer_id=st.none() | st.just(A_USER.id),
    everything=st.booleans(),
    text=st.just("") | WORDS | TEXTS | OWNER,
    genres=st.just(()) | st.sampled_from((("lofi",), ("jazz", "Lo-Fi"))),
    styles=st.just(()) | st.just(("Dream Pop",)),
    models=st.just(()) | st.just(("V5",)),
    length_s=st.just((None, None)) | st.tuples(LENGTHS, LENGTHS),
    since=st.none() | MOMENTS,
    until=st.none() | MOMENTS,
    order=st.sampled_from(Order),
    offset=st.sampled_from((0, 0, 1)),
    limit=st.integers(2, 9),
    facets=st.booleans(),
)


KNOWN: dict[int, list[Song]] = {}
CHANGES = st.fixed_dictionaries({"title": TEXTS.filter(bool), "duration_s": LENGTHS, "visibility": VISIBILITY})


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    rows=st.lists(SONGS, min_size=1, max_size=3),
    gone=st.none() | st.integers(0, 99),
    changed=st.none() | st.tuples(st.integers(0, 99), CHANGES),
    queries=st.lists(QUERIES, min_size=4, max_size=4),
)
async def test_every_question_is_answered_as_by_looking_at_every_song(
    store: Store,
    rows: list[dict[str, Any]],
    gone: int | None,
    changed: tuple[int, dict[str, Any]] | None,
    queries: list[LibraryQuery],
) -> None:
    known = KNOWN.setdefault(id(store), [])
    await live(store, known, rows, gone, changed)
    async with store.begin() as tx:
        for query, effort in product(queries, (Effort(), SMALL)):
            library = Library(tx.library._link, effort)
            right = search_model.found(known, A_USER.name, query)
            page = await library.find(query)
            if page.mended:  # slips are another test's
                assert not right
                continue
            assert (page.total, page.more) == (min(len(right), effort.total), len(right) > effort.total)
            if page.facets is not None:
                check_facets(page.facets, right, effort)
            got = list(page.items)
            while page.next is not None and len(got) <= len(right):
                page = await library.find(evolve(query, after=page.next, offset=0))
                got += page.items
            assert [song.id for song in got] == [song.id for song in right[query.offset :]]


async def live(
    store: Store,
    known: list[Song],
    rows: list[dict[str, Any]],
    gone: int | None,
    changed: tuple[int, dict[str, Any]] | None,
) -> None:
    """Songs come, a minute after one another; one goes, one changes."""
    async with store.begin() as tx:
        await tx.guilds.put(Guild(12, "Elsewhere"))
        for row in rows if len(known) < 20 else rows[:1]:
            generation = await tx.generations.add(a_generation(guild_id=row["guild_id"]))
            moment = NOON + MINUTE * next(MINUTES)
            words = {**row, "title": row["title"] or "x", "state": "ready"}
            known.append(await tx.songs.add(a_song(generation, created_at=moment, **words)))
        if changed is not None:
            at = changed[0] % len(known)
            known[at] = await tx.songs.update(known[at].id, **changed[1])
        if gone is not None or len(known) > 20:
            song = known.pop((gone or 0) % len(known))
            await tx.songs.delete(song.id)


def check_facets(facets: Facets, right: list[Song], effort: Effort) -> None:
    complete = len(right) <= effort.total
    newest = sorted(right, key=lambda song: song.created_at, reverse=True)
    counted = right if complete else newest[: effort.counted_among]
    assert (facets.complete, facets.counted) == (complete, len(counted))
    for kind, values in search_model.counts(counted).items():
        assert {facet.value: facet.count for facet in getattr(facets, kind)} == values, kind
