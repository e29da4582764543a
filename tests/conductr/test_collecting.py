"""Playlists, favourites, filters, lyrics and files, as members ask for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve
from support.studio import ADA, BOB, Studio, a_studio

from conductr import NothingPlaying, SongNotReady, UnknownSong
from conductr.denials import (
    AlreadyInPlaylist,
    BadName,
    EmptyPlaylist,
    NameTaken,
    NoActivePlaylist,
    NoLyrics,
    NotInPlaylist,
    NotYourPlaylist,
    SeveralFound,
    TooLargeToSend,
    UnknownGenre,
    UnknownPlaylist,
)
from conductr.lyrics import lines_of, pages_of
from conductr.naming import name_of
from conductr.outcomes import FilterOff, FilterSet, FilterShown, PlaylistQueued
from conductr_store import FileKind, SungWord, Visibility

pytestmark = pytest.mark.anyio


@pytest.fixture
async def studio(sqlite: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(sqlite, tmp_path) as opened:
        await opened.sit(ADA, BOB)
        yield opened


async def test_a_playlist_from_its_making_to_its_end(studio: Studio) -> None:
    ask = studio.playlists
    made = (await ask.create(ADA, "  Late   nights \N{SAXOPHONE} ")).playlist
    assert (made.name, made.active, made.songs) == ("Late nights \N{SAXOPHONE}", True, 0)
    with pytest.raises(NameTaken) as taken:
        await ask.create(ADA, "LATE NIGHTS \N{SAXOPHONE}")
    assert taken.value.free == "LATE NIGHTS \N{SAXOPHONE} 2"
    song = await studio.song("Rain")
    added = await ask.add(ADA, song.id)
    assert (added.place, added.playlist.songs) == (1, 1)
    with pytest.raises(AlreadyInPlaylist) as there:
        await ask.add(ADA, "rain", made.id)
    assert there.value.place == 1
    renamed = await ask.rename(ADA, made.id, "late nights \N{SAXOPHONE}")
    assert (renamed.old, renamed.playlist.name) == ("Late nights \N{SAXOPHONE}", "late nights \N{SAXOPHONE}")
    assert "1. Rain (3:20)" in (await ask.export(ADA, None)).text
    assert (await ask.remove(ADA, "1")).playlist.songs == 0
    with pytest.raises(NotInPlaylist):
        await ask.remove(ADA, song.id)
    await ask.delete(ADA, made.id)
    with pytest.raises(NoActivePlaylist):
        await ask.show(ADA, None)
    await ask.restore(ADA, made.id)
    assert [one.name for one in (await ask.list(ADA)).own] == ["late nights \N{SAXOPHONE}"]


async def test_what_others_own_alone_looks_like_nothing(studio: Studio) -> None:
    ask = studio.playlists
    own = (await ask.create(ADA, "Mine")).playlist
    here = (await ask.create(ADA, "Ours", here=True)).playlist
    for use in (ask.show, ask.delete, ask.switch, ask.play, ask.export):
        with pytest.raises(UnknownPlaylist):
            await use(BOB, own.id)
    with pytest.raises(UnknownPlaylist):
        await ask.restore(BOB, own.id)
    assert (await ask.show(BOB, "ours")).playlist.id == here.id
    with pytest.raises(NotYourPlaylist) as refused:
        await ask.delete(BOB, here.id)
    assert refused.value.owner_name == "Ada"
    await ask.delete(evolve(BOB, manages=True), here.id)


async def test_the_members_choice_wins_for_adding_and_the_servers_for_playing(studio: Studio) -> None:
    ask, song = studio.playlists, await studio.song("Rain")
    here = (await ask.create(BOB, "Ours", here=True)).playlist
    own = (await ask.create(ADA, "Mine")).playlist
    await ask.switch(ADA, own.id)
    assert not (await ask.switch(ADA, own.id)).changed
    assert (await ask.add(ADA, song.id)).playlist.id == own.id
    with pytest.raises(EmptyPlaylist):
        await ask.play(ADA)
    with pytest.raises(UnknownPlaylist):
        await ask.switch(ADA, own.id, here=True)
    assert (await ask.switch(ADA, None)).playlist is None
    assert (await ask.show(ADA, None)).playlist.id == here.id


async def test_a_name_that_two_playlists_have_is_asked_about(studio: Studio) -> None:
    for here in (True, False):
        await studio.playlists.create(ADA, "Evening", here=here)
    with pytest.raises(SeveralFound) as refused:
        await studio.playlists.show(ADA, "evening")
    assert len(refused.value.choices) == 2


async def test_what_can_be_heard_of_a_playlist_is_queued_and_what_does_not_fit_is_told(studio: Studio) -> None:
    made = (await studio.playlists.create(ADA, "All")).playlist
    for title in ("One", "Two", "Three"):
        await studio.playlists.add(ADA, (await studio.song(title)).id)
    gone = await studio.song("Gone")
    await studio.playlists.add(ADA, gone.id)
    async with studio.store.begin() as tx:
        await tx.songs.delete(gone.id)
    await studio.set(queue_cap=2)
    await studio.until(lambda _: studio.host.room(ADA.guild_id).player.session.rules.member_cap == 2)  # pyright: ignore[reportOptionalMemberAccess] - it is open
    queued = await studio.playlists.play(ADA, made.id, shuffle=True)
    assert isinstance(queued, PlaylistQueued)
    assert (queued.queued, queued.of, queued.gone, queued.left_out, queued.by) == (2, 4, 1, 1, "Ada")


@pytest.mark.parametrize("name", ["", " \n ", "\u200b\u202e", "\u0301"])
def test_a_name_in_which_nothing_is_seen_is_empty(name: str) -> None:
    with pytest.raises(BadName) as refused:
        name_of(name)
    assert refused.value.why == "empty"


def test_a_name_is_one_line_and_of_so_many_letters() -> None:
    assert name_of("a\u202eb\nc") == "ab c"
    assert name_of("e" + "\u0301" * 50) == "e" + "\u0301" * 3
    assert name_of("\N{MAN}\u200d\N{WOMAN}") == "\N{MAN}\u200d\N{WOMAN}"
    assert name_of("x" * 50)
    with pytest.raises(BadName):
        name_of("x" * 51)


async def test_a_favourite_is_told_with_how_many_like_it(studio: Studio) -> None:
    with pytest.raises(NothingPlaying):
        await studio.favourites.toggle(ADA)
    (song,) = await studio.queued("Rain")
    assert (await studio.favourites.toggle(BOB)).count == 1
    liked = await studio.favourites.toggle(ADA, song.id)
    assert (liked.liked, liked.count) == (True, 2)
    assert (await studio.favourites.toggle(ADA, liked=True)).liked
    assert [one.id for one in (await studio.favourites.shown(ADA)).songs] == [song.id]
    assert not (await studio.favourites.toggle(ADA)).liked
    assert (await studio.favourites.shown(ADA, 7)).songs == ()


async def test_a_filter_narrows_library_and_completions_until_it_is_cleared(studio: Studio) -> None:
    rain = await studio.song("Rain", style="lo-fi, warm piano", tags=("lo-fi", "warm piano"))
    await studio.song("Storm", style="heavy metal", tags=("heavy metal",))
    assert await studio.filters.set(ADA, "LoFi") == FilterSet("genre", "lo-fi", 1)
    assert [song.id for song in (await studio.library.browse(ADA)).page.songs] == [rain.id]
    assert [choice.value for choice in await studio.completions.songs(ADA, "")] == [rain.id]
    assert (await studio.library.browse(BOB)).page.total == 2
    assert await studio.filters.shown(ADA) == FilterShown("genre", "lo-fi", 1)
    assert await studio.filters.set(ADA, "warm piano") == FilterSet("style", "warm piano", 1)
    with pytest.raises(UnknownGenre) as refused:
        await studio.filters.set(ADA, "lo-fo")
    assert refused.value.nearest[0] == "lo-fi"
    assert await studio.filters.set(ADA, "off") == FilterOff("warm piano")
    assert await studio.filters.set(ADA, "off") == FilterOff(None)


async def test_lyrics_are_paged_and_what_has_none_says_why(studio: Studio) -> None:
    verse = "\n".join(f"line {number}" for number in range(30))
    song = await studio.song("Rain", lyrics="\n\n".join(f"[Verse {number}]\n{verse}" for number in range(20)))
    shown = await studio.lyrics.shown(ADA, song.id, 99)
    assert shown.page == len(shown.pages) > 1
    assert all(page.startswith("[Verse") for page in shown.pages)
    with pytest.raises(NoLyrics) as refused:
        await studio.lyrics.shown(ADA, (await studio.song("Still")).id)
    assert refused.value.why == "unknown"


def test_no_word_is_lost_where_a_section_is_longer_than_a_page() -> None:
    text = " ".join(f"word{number}" for number in range(3_000))
    assert "".join(pages_of(text, 100)).replace("\n", "") == text
    assert max(map(len, pages_of(text, 100))) <= 100


def test_words_become_lines_with_the_second_at_which_each_begins() -> None:
    words = [
        SungWord("Rain", 1.0, 1.2),
        SungWord("falls\n", 1.3, 1.6),
        SungWord("on", 1.7, 1.8),
        SungWord("me", 9, 9.5),
    ]
    assert lines_of(words) == ((1.0, "Rain falls"), (1.7, "on"), (9, "me"))


async def test_a_songs_file_is_taken_along_where_it_fits(studio: Studio, tmp_path: Path) -> None:
    recording = tmp_path / "x.mp3"
    recording.write_bytes(b"ID3" + b"\0" * 2_000)
    key = await studio.library.shelf.keep_file(recording, ".mp3", kind=FileKind.AUDIO)
    song = await studio.song("../Rain/ & \u202eFire*", audio_key=key)
    taken = await studio.library.export(ADA, song.id)
    assert (taken.name, taken.size_bytes) == ("Rain Fire.mp3", 2_003)
    with pytest.raises(TooLargeToSend):
        await studio.library.export(ADA, song.id, 2_002)
    with pytest.raises(SongNotReady):
        await studio.library.export(ADA, (await studio.song("Bare")).id)


async def test_private_songs_of_others_look_like_nothing(studio: Studio) -> None:
    hidden = await studio.song("Secret", visibility=Visibility.PRIVATE)
    for use in (studio.playback.play, studio.favourites.toggle, studio.lyrics.shown, studio.library.export):
        for said in (hidden.id, "Secret"):
            with pytest.raises(UnknownSong):
                await use(BOB, said)
    assert (await studio.library.browse(BOB)).page.total == 0
    assert await studio.completions.songs(BOB, "sec") == ()
    assert [choice.value for choice in await studio.completions.songs(ADA, "sec")] == [hidden.id]
