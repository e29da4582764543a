"""What is offered while somebody types: at most 25, never an error, and nothing that is not theirs to see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from support.studio import ADA, BOB, EVE, Studio, a_studio

from conductr.labels import LABEL_LIMIT, cut, song_label
from conductr_store import Generation, Song
from conductr_store.testing import a_generation, a_song

pytestmark = pytest.mark.anyio
HOSTILE = (
    "",
    " ",
    "\0",
    "\ud800",
    "%_",
    '"',
    "'; DROP TABLE songs; --",
    "\u202e" * 300,
    "\N{SMILING FACE WITH SUNGLASSES}" * 6_000,
)


@pytest.fixture
async def studio(sqlite: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(sqlite, tmp_path) as opened:
        await opened.sit(ADA, BOB, EVE)
        yield opened


async def test_an_empty_box_offers_the_newest_favourites_and_what_is_heard_most(studio: Studio) -> None:
    songs = [await studio.song(f"Song {number}") for number in range(40)]
    await studio.favourites.toggle(ADA, songs[0].id)
    async with studio.store.begin() as tx:
        await tx.listening.note(ADA.guild_id, songs[1].id, skipped=False)
    offered = [choice.value for choice in await studio.completions.songs(ADA, "")]
    assert len(offered) == len(set(offered)) == 25
    assert offered[:10] == [song.id for song in reversed(songs[30:])]
    assert offered[10:12] == [songs[0].id, songs[1].id]


async def test_songs_of_another_server_are_not_offered(studio: Studio) -> None:
    await studio.song("Rain")
    assert await studio.completions.songs(evolve(ADA, guild_id=12), "rain") == ()


async def test_places_and_titles_of_the_queue_are_found(studio: Studio) -> None:
    await studio.queued("One", *(f"Song {number}" for number in range(30)))
    assert len(await studio.completions.entries(ADA, "")) == 25
    assert [choice.label for choice in await studio.completions.entries(ADA, "30")] == ["30. Song 29"]
    assert (await studio.completions.entries(ADA, "song 2"))[0].label == "3. Song 2"
    value = (await studio.completions.entries(ADA, "30"))[0].value
    assert (await studio.view()).upcoming[29].entry_id == value


async def test_own_and_shared_playlists_are_offered_with_their_songs(studio: Studio) -> None:
    own = (await studio.playlists.create(ADA, "Evening")).playlist
    here = (await studio.playlists.create(ADA, "Even more", here=True)).playlist
    song = await studio.song("Rain")
    await studio.playlists.add(ADA, song.id, own.id)
    assert [choice.value for choice in await studio.completions.playlists(ADA, "eve")] == [here.id, own.id]
    assert [choice.value for choice in await studio.completions.playlists(BOB, "eve")] == [here.id]
    assert [choice.value for choice in await studio.completions.playlist_songs(ADA, own.id, "ra")] == [song.id]
    assert await studio.completions.playlist_songs(BOB, own.id, "") == ()


async def test_tags_that_songs_have_come_first_then_others(studio: Studio) -> None:
    for _ in range(2):
        await studio.song(style="lo-fi, warm piano", tags=("lo-fi", "warm piano"))
    await studio.song(style="lullaby", tags=("lullaby",))
    offered = await studio.completions.tags(ADA, "lo")
    assert offered[0].label == "lo-fi (2)"
    assert {choice.value for choice in await studio.completions.tags(ADA, "")} >= {"lo-fi", "warm piano", "lullaby"}
    assert "techno" in {choice.value for choice in await studio.completions.tags(ADA, "techn")}


async def test_nothing_that_is_typed_is_an_error(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    ask = studio.completions
    for text in HOSTILE:
        for offer in (ask.songs, ask.entries, ask.playlists, ask.tags):
            assert len(await offer(ADA, text)) <= 25
        assert await ask.playlist_songs(ADA, text, text) == ()
    assert not caplog.records


async def test_a_store_that_is_gone_offers_nothing(studio: Studio) -> None:
    offer = studio.completions
    async with studio.store._engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE narrowings")
    assert await offer.songs(ADA, "") == ()


RAIN: Generation = a_generation()
SONG: Song = a_song(RAIN)


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_label_is_one_line_that_fits(title: str, style: str) -> None:
    for label in (song_label(evolve(SONG, title=title, style=style), title), cut(title)):
        assert 0 < len(label.encode("utf-16-le", "surrogatepass")) // 2 <= LABEL_LIMIT
        assert "\n" not in label
