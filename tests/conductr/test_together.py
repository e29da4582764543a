"""What a room makes together: a choice between two takes, variations of a song, and the radio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve
from support.saga import ADA as ASKER
from support.saga import World
from support.studio import ADA, BOB, EVE, Studio, a_studio

from conductr import BadWish, NotInVoice, UnknownGeneration, UnknownSong
from conductr.denials import OutOfRange, VoteOver
from conductr.variations import Variations
from conductr_store import Song
from conductr_store.testing import a_generation, a_song
from suno_client import SunoError
from suno_client.testing import Loss

pytestmark = pytest.mark.anyio


@pytest.fixture
async def studio(sqlite: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(sqlite, tmp_path) as opened:
        await opened.sit(ADA, BOB, EVE)
        yield opened


async def two_takes(studio: Studio) -> tuple[Song, Song]:
    async with studio.store.begin() as tx:
        made = await tx.generations.add(a_generation(state="finished"))
        ready = {"state": "ready", "duration_s": 200.0}
        first = await tx.songs.add(a_song(made, 0, title="Rain A", **ready))
        return first, await tx.songs.add(a_song(made, 1, title="Rain B", **ready))


async def test_the_take_that_most_listeners_want_stays_in_the_queue(studio: Studio) -> None:
    first, second = await two_takes(studio)
    await studio.queued("One")
    await studio.playback.play(ADA, first.id)
    await studio.queued("Two")
    compared = await studio.takes.vote(BOB, first.generation_id, 1)
    assert (compared.votes, compared.mine, compared.winner) == ((0, 1), 1, None)
    assert (await studio.takes.vote(BOB, first.generation_id, 0)).votes == (1, 0)
    assert (await studio.takes.vote(BOB, first.generation_id, 0)).votes == (0, 0)
    await studio.takes.vote(BOB, first.generation_id, 1)
    assert (await studio.takes.vote(EVE, first.generation_id, 1)).winner == 1
    view = await studio.view()
    assert (view.upcoming_count, view.upcoming[0].song_id) == (2, second.id)
    assert {first.id, second.id} <= {song.id for song in (await studio.library.browse(ADA, "Rain")).page.songs}
    with pytest.raises(VoteOver):
        await studio.takes.vote(ADA, first.generation_id, 0)


async def test_a_take_that_plays_gives_way_to_the_winner(studio: Studio) -> None:
    first, second = await two_takes(studio)
    await studio.playback.play(ADA, first.id)
    for voter in (ADA, BOB):
        await studio.takes.vote(voter, first.generation_id, 1)
    view = await studio.view()
    assert view.current is not None
    assert (view.current.song_id, view.upcoming_count) == (second.id, 0)


async def test_both_are_kept_where_who_asked_wants_it(studio: Studio) -> None:
    first, second = await two_takes(studio)
    await studio.playback.play(ADA, first.id)
    await studio.takes.keep_both(ADA, first.generation_id)
    assert [entry.song_id for entry in (await studio.view()).upcoming] == [second.id]
    with pytest.raises(VoteOver):
        await studio.takes.keep_both(ADA, first.generation_id)


async def test_a_vote_on_what_is_not_there_is_refused(studio: Studio) -> None:
    first, _ = await two_takes(studio)
    with pytest.raises(OutOfRange):
        await studio.takes.vote(ADA, first.generation_id, 2)
    with pytest.raises(UnknownGeneration):
        await studio.takes.vote(ADA, "nonsense", 0)
    with pytest.raises(UnknownGeneration):
        await studio.takes.shown(evolve(ADA, guild_id=12), first.generation_id)
    alone = await studio.song("Alone")
    with pytest.raises(VoteOver):
        await studio.takes.shown(ADA, alone.generation_id)


async def test_a_variation_says_its_cost_first_and_is_its_parents_child(world: World) -> None:
    world.settings["quota_member_day"] = 5
    async with world.life() as life, life.watching():
        made = await life.ask()
        parent = (await life.reached(made.id, "finished")).songs[0]
        variations = Variations(life.store, life.generations)
        offered = await variations.offer(ASKER, parent.id, "slower")
        assert (offered.left, offered.songs, offered.own_key) == (4, 1, False)
        assert (offered.wish.style or "").startswith("slower tempo")
        assert len(world.suno.submissions) == 1, "nothing was asked yet"
        child = await variations.go(ASKER, parent.id, "slower", None, "again")
        songs = (await life.reached(child.id, "finished")).songs
        family = await variations.family(ASKER, songs[0].id)
        assert (family.songs[0][0], family.songs[0][1].id) == (0, parent.id)
        assert {view.id for depth, view in family.songs if depth == 1} == {song.id for song in songs}
        with pytest.raises(BadWish):
            await variations.offer(ASKER, parent.id, "own", "  ")
        with pytest.raises(BadWish):
            await variations.offer(ASKER, parent.id, "language", "x" * 301)
        with pytest.raises(UnknownSong):
            await variations.offer(evolve(ASKER, guild_id=43, user_id=9), parent.id, "slower")
        spanish = await variations.offer(ASKER, parent.id, "language", "Spanish")
        assert spanish.wish.prompt.endswith("sung in Spanish")


async def test_a_refused_press_leaves_nothing_that_keeps_the_song(world: World) -> None:
    async with world.life() as life, life.watching():
        made = await life.ask()
        parent = (await life.reached(made.id, "finished")).songs[0]
        variations = Variations(life.store, life.generations)
        with pytest.raises(NotInVoice):
            await variations.go(evolve(ASKER, voice_channel_id=None), parent.id, "slower", None, "outside")
        world.suno.faults["submit"].append(Loss("reset", accepted=True))
        with pytest.raises(SunoError):
            await variations.go(ASKER, parent.id, "slower", None, "lost")
        async with life.store.begin() as tx:
            assert await tx.listening.parent_of("outside") is None
            assert await tx.listening.parent_of("lost") == parent.id, "what may come of it is its child"
