"""What is one member's or one server's own is nobody else's, by its id neither: songs, their files, playlists."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve
from support.studio import ADA, BOB, Studio, a_studio

from conductr import UnknownSong
from conductr.denials import NameTaken, UnknownPlaylist
from conductr_store import FileKind, Song, Visibility

pytestmark = pytest.mark.anyio

COVER = b"\xff\xd8\xff an old one, kept as it came"
AUDIO = b"ID3" + b"\0" * 2_000


@pytest.fixture
async def studio(url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(url, tmp_path) as opened:
        await opened.sit(ADA, BOB)
        yield opened


async def a_song(studio: Studio, visibility: Visibility) -> Song:
    """Ada's, with files."""
    keys: list[str] = []
    for content, suffix, kind in ((COVER, ".jpg", FileKind.COVER), (AUDIO, ".mp3", FileKind.AUDIO)):
        file = studio.folder / f"{visibility}{suffix}"
        file.write_bytes(content)
        keys.append(await studio.library.shelf.keep_file(file, suffix, kind=kind))
    return await studio.song(visibility=visibility, cover_key=keys[0], audio_key=keys[1])


@pytest.mark.parametrize(
    ("visibility", "hear"),
    [
        (Visibility.PRIVATE, {"Ada", "Ada elsewhere"}),
        (Visibility.GUILD, {"Ada", "Ada elsewhere", "Bob"}),
        (Visibility.PUBLIC, {"Ada", "Ada elsewhere", "Bob", "Bob elsewhere"}),
    ],
)
async def test_a_song_and_its_files_are_there_by_id_for_those_who_may_hear_it(
    studio: Studio, visibility: Visibility, hear: set[str]
) -> None:
    song, library = await a_song(studio, visibility), studio.library
    people = {"Ada": ADA, "Bob": BOB}
    people |= {f"{name} elsewhere": evolve(caller, guild_id=99) for name, caller in people.items()}
    for name, caller in people.items():
        if name in hear:
            assert (await library.song(caller, song.id)).id == song.id
            assert (await library.cover(caller, song.id)).read_bytes() == COVER
            assert (await library.audio(caller, song.id)).read_bytes() == AUDIO
            assert (await library.export(caller, song.id)).size_bytes == len(AUDIO)
            continue
        for use in (library.song, library.cover, library.audio, library.export):
            for song_id in (song.id, "nonsense"):
                with pytest.raises(UnknownSong) as refused:
                    await use(caller, song_id)
                assert refused.value.song_id == song_id


async def test_who_queues_a_private_song_shows_its_cover_to_the_room_while_it_plays(studio: Studio) -> None:
    song, library = await a_song(studio, Visibility.PRIVATE), studio.library
    with pytest.raises(UnknownSong):
        await library.cover_playing(ADA.guild_id, song.id)
    await studio.playback.play(ADA, song.id)
    assert (await library.cover_playing(ADA.guild_id, song.id)).read_bytes() == COVER
    for use in (library.song, library.cover, library.audio, library.export):
        with pytest.raises(UnknownSong):
            await use(BOB, song.id)
    with pytest.raises(UnknownSong):
        await library.cover_playing(99, song.id)
    await studio.playback.stop(ADA)
    with pytest.raises(UnknownSong):
        await library.cover_playing(ADA.guild_id, song.id)


async def test_a_servers_playlist_comes_back_in_that_server_alone(studio: Studio) -> None:
    ask, elsewhere = studio.playlists, evolve(ADA, guild_id=99)
    here = (await ask.create(ADA, "Ours", here=True)).playlist
    own = (await ask.create(ADA, "Mine")).playlist
    await ask.delete(evolve(BOB, manages=True), here.id)
    await ask.delete(ADA, own.id)
    for stranger in (elsewhere, evolve(elsewhere, manages=True), BOB):
        with pytest.raises(UnknownPlaylist):
            await ask.restore(stranger, here.id)
    assert (await ask.list(BOB)).here == ()
    assert (await ask.restore(elsewhere, own.id)).playlist.id == own.id
    again = (await ask.create(BOB, "Ours", here=True)).playlist
    with pytest.raises(NameTaken) as taken:
        await ask.restore(ADA, here.id)
    assert taken.value.free == "Ours 2"
    await ask.delete(BOB, again.id)
    assert (await ask.restore(ADA, here.id)).playlist.id == here.id
