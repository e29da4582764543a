"""Whatever is asked, both engines answer as plain Python does that looks at every song."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductr_store import Guild, LibraryQuery, Order, Song, Store
from conductr_store.finding import asked_words, holds, tokens_of, wanted
from conductr_store.repositories.fulltext import Effort
from conductr_store.repositories.search import Library
from conductr_store.testing import A_GUILD, A_USER, a_generation, a_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SMALL = Effort(total=4, counted_among=6, sample=2, probe=3, probed=6)  # every way is gone with a few songs
WORDS = st.sampled_from(("rain", "rains", "Train", "lo-fi", "lofi", "Ночь", "夜歌", "don't", "o'x", "_", "é", "e"))
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)
MOMENTS = st.none() | st.integers(-1, 40).map(lambda minutes: NOON + MINUTE * minutes + MINUTE / 2)
LENGTHS = st.none() | st.sampled_from((0.0, 9.9, 10.0, 60.0, 125.5, 600.0, 700.0))

SONGS = st.fixed_dictionaries(
    {
        "title": TEXTS,
        "prompt": TEXTS,
        "lyrics": st.none() | TEXTS,
        "tags": st.lists(st.sampled_from(("Lo Fi", "jazz", "dream pop", "Ночь")), max_size=2).map(tuple),
        "model": st.sampled_from(("V5", "V5_5")),
        "duration_s": LENGTHS,
        "visibility": st.sampled_from(("private", "guild", "public")),
        "guild_id": st.sampled_from((A_GUILD.id, 12)),
    }
)
QUERIES = st.builds(
    LibraryQuery,
    guild_id=st.none() | st.just(A_GUILD.id),
    viewer_id=st.none() | st.just(A_USER.id),
    everything=st.booleans(),
    text=st.just("") | WORDS | TEXTS,
    genres=st.just(()) | st.sampled_from((("lofi",), ("jazz", "Lo-Fi"))),
    styles=st.just(()) | st.just(("Dream Pop",)),
    models=st.just(()) | st.just(("V5",)),
    length_s=st.just((None, None)) | st.tuples(LENGTHS, LENGTHS),
    since=st.none() | MOMENTS,
    until=st.none() | MOMENTS,
    order=st.sampled_from(Order),
    offset=st.sampled_from((0, 0, 1)),
    limit=st.integers(4, 9),
    facets=st.booleans(),
)


def expected(songs: list[Song], query: LibraryQuery) -> list[Song]:
    """What holds of a song, told by the song alone."""
    sought = wanted(query, {}, {})
    if query.text.strip() and not asked_words(query.text):
        return []  # nothing but signs
    rows: list[tuple[int, Song]] = []
    for song in songs:
        tokens, length_s = tokens_of(song), song.duration_s
        low, high = query.length_s
        hits = [tier for tier, expr in enumerate(sought.tiers) if holds(expr, tokens)]
        if (
            (query.guild_id is None or song.guild_id == query.guild_id)
            and (query.everything or song.open_to(query.viewer_id, query.guild_id))
            and (query.since is None or song.created_at >= query.since)
            and (query.until is None or song.created_at < query.until)
            and ((low is None and high is None) or length_s is not None)
            and (low is None or (length_s or 0) >= low)
            and (high is None or (length_s or 0) < high)
            and (hits or not sought.tiers)
        ):
            rows.append((hits[0] if hits else 0, song))
    rows.sort(key=lambda row: row[1].created_at, reverse=query.order not in {Order.OLDEST, Order.SHORTEST})
    match query.order:
        case Order.BEST:
            rows.sort(key=lambda row: row[0])
        case Order.LONGEST:
            rows.sort(key=lambda row: -(row[1].duration_s or 0.0))
        case Order.SHORTEST:
            rows.sort(key=lambda row: row[1].duration_s or 0.0)
        case _:
            pass
    return [song for _, song in rows]


async def add(store: Store, known: list[Song], words: dict[str, Any]) -> None:
    """A song one minute newer than the newest."""
    async with store.begin() as tx:
        if not known:
            await tx.guilds.put(Guild(12, "Elsewhere"))
        generation = await tx.generations.add(a_generation(guild_id=words["guild_id"]))
        song = a_song(generation, created_at=NOON + MINUTE * len(known), **{**words, "title": words["title"] or "x"})
        known.append(await tx.songs.add(song))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(words=st.lists(SONGS, min_size=1, max_size=3), query=QUERIES)
async def test_every_question_is_answered_as_by_looking_at_every_song(
    store: Store, words: list[dict[str, Any]], query: LibraryQuery
) -> None:
    known = KNOWN.setdefault(id(store), [])
    for one in words:
        if len(known) < 24:
            await add(store, known, one)
    right = expected(known, query)
    got: list[Song] = []
    async with store.begin() as tx:
        for effort in (Effort(), SMALL):
            library = Library(tx.library._link, effort)
            page = await library.find(query)
            if page.mended:  # slips are another test's
                assert not right
                continue
            assert (page.total, page.more) == (min(len(right), effort.total), len(right) > effort.total)
            got = list(page.items)
            while page.next is not None:
                page = await library.find(evolve(query, after=page.next, offset=0))
                got += page.items
            assert [song.id for song in got] == [song.id for song in right[query.offset :]]
            if page.facets is not None and page.facets.complete:
                assert sum(facet.count for facet in page.facets.models) == len(right)


KNOWN: dict[int, list[Song]] = {}
