"""The library is searched by words: every word, the last one unfinished, slips mended, the same on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conductr_store import Guild, LibraryPage, LibraryQuery, NotACursor, Order, Song, Store, User
from conductr_store.repositories.fulltext import Place
from conductr_store.testing import A_GUILD, A_USER, a_generation, a_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ADA = User(7, "Ada Lovelace")
ELSEWHERE = Guild(12, "Elsewhere")


async def kept(store: Store, *songs: dict[str, Any], guild: Guild = A_GUILD) -> list[Song]:
    """Songs, each a minute newer than the one before."""
    async with store.begin() as tx:
        await tx.guilds.put(guild)
        known = (await tx.library.find(LibraryQuery(everything=True))).total
        made: list[Song] = []
        for number, words in enumerate(songs, known):
            generation = await tx.generations.add(a_generation(guild_id=guild.id))
            row = {"prompt": "", "title": "x", "created_at": NOON + timedelta(minutes=number), **words}
            made.append(await tx.songs.add(a_song(generation, **row)))
        return made


async def found(store: Store, text: str = "", **query: Any) -> LibraryPage:
    async with store.begin() as tx:
        return await tx.library.find(LibraryQuery(**{"guild_id": A_GUILD.id, "text": text, **query}))


async def titles(store: Store, text: str = "", **query: Any) -> list[str]:
    return [song.title for song in (await found(store, text, **query)).items]


async def test_a_song_is_found_by_its_title_tags_style_prompt_and_lyrics_as_it_was_kept(store: Store) -> None:
    (song,) = await kept(
        store, {"title": "Neon", "tags": ("Dream Pop",), "style": "slow", "prompt": "about rain", "lyrics": "la lune"}
    )
    for text in ("neon", "dream", "pop", "slow", "rain", "lune", "LUNE neon"):
        assert (await found(store, text)).items == (song,), text
    for text in ("neo n", "lun", "rain thunder", "about raining", "dreampops", "!?"):
        assert (await found(store, text)).items == (), text


async def test_the_last_word_may_be_unfinished_and_no_other(store: Store) -> None:
    await kept(store, {"title": "Midnight Rain"}, {"prompt": "midnights"})
    assert await titles(store, "midn") == ["x", "Midnight Rain"]
    assert await titles(store, "midnight ra") == ["Midnight Rain"]
    assert await titles(store, "midn rain") == []


async def test_case_accents_apostrophes_and_hyphens_make_no_difference(store: Store) -> None:
    await kept(store, {"title": "Café del Mar"}, {"title": "Don't Stop"}, {"tags": ("lo-fi",)}, {"title": "STRASSE"})
    assert await titles(store, "CAFE") == ["Café del Mar"]
    assert await titles(store, "dont") == await titles(store, "don\N{RIGHT SINGLE QUOTATION MARK}t") == ["Don't Stop"]
    assert await titles(store, "lofi ") == await titles(store, "lo-fi") == await titles(store, "Lo Fi") == ["x"]
    assert await titles(store, "straße") == ["STRASSE"]


async def test_scripts_without_spaces_are_searched_by_their_characters(store: Store) -> None:
    await kept(store, {"title": "夜の歌"}, {"title": "한국 노래"}, {"title": "Ночь"})
    assert await titles(store, "夜歌") == ["夜の歌"]
    assert await titles(store, "노") == ["한국 노래"]
    assert await titles(store, "НОЧЬ") == ["Ночь"]


async def test_a_slip_is_mended_only_where_nothing_is_found_as_written(store: Store) -> None:
    await kept(store, {"title": "Midnight Rain"}, {"title": "Midnight Train"})
    for text in ("midnigth", "midnght", "midnightt", "nidnight"):
        page = await found(store, text)
        assert ([song.title for song in page.items], page.mended) == (["Midnight Train", "Midnight Rain"], True), text
    page = await found(store, "midnight rain")
    assert ([song.title for song in page.items], page.mended) == (["Midnight Rain"], False)
    assert await titles(store, "mdnght") == []  # two slips


async def test_the_best_are_those_with_every_word_in_the_title_then_in_names_then_anywhere(store: Store) -> None:
    await kept(store, {"title": "Rain Song"}, {"title": "Song", "tags": ("rain",)}, {"prompt": "a song of rain"})
    assert await titles(store, "rain song", order=Order.BEST) == ["Rain Song", "Song", "x"]
    assert await titles(store, "rain song", order=Order.NEWEST) == ["x", "Song", "Rain Song"]
    assert await titles(store, "rain so", order="best") == ["Rain Song", "Song", "x"]


async def test_the_longest_and_the_oldest_come_first_where_that_is_asked(store: Store) -> None:
    await kept(store, {"title": "a", "duration_s": 60.5}, {"title": "b", "duration_s": 61}, {"title": "c"})
    assert await titles(store, order="longest") == ["b", "a", "c"]
    assert await titles(store, order="shortest") == ["c", "a", "b"]
    assert await titles(store, order="oldest") == ["a", "b", "c"]


async def test_an_owner_s_songs_are_found_by_the_name_that_the_owner_has_now(store: Store) -> None:
    await kept(store, {"title": "a"}, {"title": "b", "prompt": "lovelace"})
    async with store.begin() as tx:
        await tx.users.put(ADA)
    assert await titles(store, "ada love") == ["b", "a"]
    async with store.begin() as tx:
        await tx.users.put(User(A_USER.id, ""))  # not known this time: the name stays
    assert await titles(store, "lovelace") == ["b", "a"]
    async with store.begin() as tx:
        await tx.users.put(User(A_USER.id, "Grace Hopper"))
    assert await titles(store, "grace") == ["b", "a"]
    assert await titles(store, "lovelace") == ["b"]


async def test_what_is_changed_hidden_or_deleted_is_found_by_what_it_is_now(store: Store) -> None:
    song, other = await kept(store, {"title": "Old"}, {"title": "Other"})
    async with store.begin() as tx:
        await tx.songs.update(song.id, title="New", state="ready", duration_s=200.0)
        await tx.songs.played(song.id, NOON)
    assert await titles(store, "old") == []
    assert await titles(store, "new", length_s=(200, 201)) == ["New"]
    async with store.begin() as tx:
        await tx.songs.update(other.id, visibility="private", state="ready")
    assert await titles(store) == ["New"]
    assert await titles(store, viewer_id=other.owner_id) == ["Other", "New"]
    async with store.begin() as tx:
        await tx.favourites.add(A_USER.id, song.id)
        await tx.songs.delete(song.id)  # a tombstone
        await tx.songs.delete(other.id)  # gone
    assert await titles(store, everything=True) == []
    assert await titles(store, "new", everything=True) == []


async def test_a_guild_sees_its_own_songs_and_without_a_guild_only_what_is_open_to_all(store: Store) -> None:
    await kept(store, {"title": "guild rain"}, {"title": "open rain", "visibility": "public"})
    await kept(store, {"title": "far rain"}, {"title": "far open rain", "visibility": "public"}, guild=ELSEWHERE)
    assert await titles(store, "rain") == ["open rain", "guild rain"]
    assert await titles(store, "rain", guild_id=None) == ["far open rain", "open rain"]
    assert await titles(store, guild_id=None) == ["far open rain", "open rain"]
    assert len(await titles(store, "rain", guild_id=None, viewer_id=A_USER.id)) == 4
    assert len(await titles(store, "rain", guild_id=None, everything=True)) == 4


async def test_filters_hold_together(store: Store) -> None:
    await kept(
        store,
        {"title": "a", "tags": ("Lo Fi", "piano"), "model": "V5_5", "duration_s": 125.0},
        {"title": "b", "tags": ("lofi",), "model": "V4", "duration_s": 130.0},
        {"title": "c", "tags": ("Jazz", "Piano"), "model": "V5_5", "duration_s": 700.0},
    )
    assert await titles(store, genres=("lo-fi",)) == ["b", "a"]
    assert await titles(store, genres=("LOFI", "jazz"), models=("V5_5",)) == ["c", "a"]
    assert await titles(store, styles=("piano",)) == ["c", "a"]
    assert await titles(store, length_s=(125.0, 130.0)) == ["a"]
    assert await titles(store, length_s=(125.1, None)) == ["c", "b"]
    assert await titles(store, length_s=(None, 125.0)) == []
    assert await titles(store, length_s=(None, 125.5)) == await titles(store, length_s=(120.0, 130.0)) == ["a"]
    assert await titles(store, length_s=(700.0, None)) == ["c"]
    assert await titles(store, since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=2)) == ["b"]
    assert await titles(store, owner_id=A_USER.id, models=("V4",)) == ["b"]
    assert await titles(store, owner_id=404) == []
    assert await titles(store, genres=("no such genre",)) == []


async def test_facets_count_what_was_found(store: Store) -> None:
    await kept(
        store,
        {"title": "rain", "tags": ("lo-fi", "Piano"), "model": "V5_5", "duration_s": 125.0},
        {"title": "rain", "tags": ("lofi",), "model": "V5_5", "duration_s": 1000.0},
        {"title": "sun", "tags": ("jazz",), "model": "V4"},
    )
    facets = (await found(store, "rain", facets=True)).facets
    assert facets is not None
    assert (facets.counted, facets.complete) == (2, True)
    assert {facet.value: facet.count for facet in facets.genres}["lo-fi"] == 2
    assert {facet.value: facet.count for facet in facets.styles} == {"lo-fi": 1, "lofi": 1, "piano": 1}
    assert [(facet.value, facet.count) for facet in facets.models] == [("V5_5", 2)]
    assert {facet.value: facet.count for facet in facets.lengths} == {"2": 1, "10": 1}
    assert [(facet.value, facet.count) for facet in facets.months] == [("2026-05", 2)]


@pytest.mark.parametrize("order", list(Order))
async def test_pages_go_on_where_they_ended_though_songs_come_and_go_meanwhile(store: Store, order: Order) -> None:
    rows = [
        {"title": "rain" if number % 3 else "x", "prompt": "rain", "duration_s": number % 4 * 30.0 or None}
        for number in range(14)
    ]
    await kept(store, *rows)
    whole = [song.id for song in (await found(store, "rain", order=order)).items]
    first = await found(store, "rain", order=order, limit=5)
    assert (first.total, first.more) == (14, False)
    await kept(store, {"title": "rain", "duration_s": 1.0, "created_at": NOON + timedelta(days=9)})
    got, after = [song.id for song in first.items], first.next
    while after is not None:
        page = await found(store, "rain", order=order, limit=5, after=after)
        got += [song.id for song in page.items]
        after = page.next
    assert [one for one in got if one in whole] == whole
    assert len(got) - len(whole) in {0, 1}  # the newcomer, where it stands further on


async def test_songs_of_one_moment_come_in_the_order_in_which_they_were_kept(store: Store) -> None:
    await kept(store, *({"title": str(number), "created_at": NOON} for number in range(5)))
    assert await titles(store) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("cursor", ["", "?", "bm9uZQ", "W10", "WzEsMiwzLDRd", "\N{SNOWMAN}", "W" * 500])
async def test_a_made_up_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(NotACursor):
        await found(store, after=cursor)


async def test_a_cursor_belongs_to_its_order(store: Store) -> None:
    await kept(store, {}, {})
    page = await found(store, limit=1)
    with pytest.raises(NotACursor):
        await found(store, limit=1, after=page.next, order="longest")


async def test_a_song_that_goes_while_it_is_being_found_is_passed_over(store: Store) -> None:
    """Each statement of PostgreSQL sees what others have committed since the one before."""
    one, other = await kept(store, {"title": "Rain"}, {"title": "More rain"})
    places = [Place(0, number, song_id, 60.0) for number, song_id in enumerate((one.id, "gone", other.id))]
    async with store.begin() as tx:
        assert await tx.library._songs(places) == (one, other)
