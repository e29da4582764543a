"""Songs: what is known of them, who may hear them, how often they were, and what is left when they go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from sqlalchemy import select

from conductr_store import (
    Conflict,
    Guild,
    LibraryQuery,
    NotFound,
    Orphan,
    Song,
    Store,
    SungWord,
    UnitOfWork,
    Visibility,
)
from conductr_store.tables import song_genres
from conductr_store.testing import A_GUILD, A_USER, a_generation, a_song, put_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
STRANGER = 404


async def genres_of(tx: UnitOfWork, song: Song) -> set[str]:
    rows = await tx.songs._link.rows(select(song_genres.c.genre).where(song_genres.c.song_id == song.id))
    return {row["genre"] for row in rows}


async def test_all_that_is_known_of_a_song_comes_back(store: Store) -> None:
    async with store.begin() as tx:
        parent = await put_song(tx)
        song = await put_song(
            tx,
            provider="sunoapi",
            task_id="task-1",
            tags=("lo-fi", "calm  piano", " "),
            loudness_lufs=-9.25,
            visibility="public",
            parent_id=parent.id,
            rights="made on a paid plan",
        )
        assert song.tags == ("lo-fi", "calm piano")
    async with store.begin() as tx:
        assert await tx.songs.get(song.id) == song
        assert (await tx.songs.get(parent.id)).visibility is Visibility.GUILD


async def test_a_song_is_counted_under_the_genres_that_its_tags_and_style_name_now(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx, tags=("LoFi", "sad"), style="indie rock")
        assert set(song.genres) == await genres_of(tx, song) == {"lo-fi", "indie rock", "indie", "rock"}
        await tx.songs.update(song.id, title="Other")
        assert await genres_of(tx, song) == {"lo-fi", "indie rock", "indie", "rock"}
        await tx.songs.update(song.id, tags=("jazz",))
        assert await genres_of(tx, song) == {"jazz", "indie rock", "indie", "rock"}
        await tx.songs.update(song.id, style=None)
        assert await genres_of(tx, song) == {"jazz"}
        await tx.songs.update(song.id, tags=())
        assert await genres_of(tx, song) == set()


async def test_what_a_song_is_born_with_does_not_change(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx)
        for fixed in ("id", "generation_id", "take", "guild_id", "parent_id", "deleted_at"):
            with pytest.raises(TypeError, match=fixed):
                await tx.songs.update(song.id, **{fixed: None})
        with pytest.raises(ValueError, match="secret"):
            await tx.songs.update(song.id, visibility="secret")
        assert await tx.songs.get(song.id) == song


async def test_the_parent_must_be_there_and_another(store: Store) -> None:
    with pytest.raises(Orphan):
        async with store.begin() as tx:
            await put_song(tx, parent_id="nowhere")
    with pytest.raises(Conflict):
        async with store.begin() as tx:
            await put_song(tx, id="self", parent_id="self")


@pytest.mark.parametrize(
    ("visibility", "owner", "guild", "elsewhere"),
    [("private", True, False, False), ("guild", True, True, False), ("public", True, True, True)],
)
def test_who_may_hear_a_song(visibility: str, owner: bool, guild: bool, elsewhere: bool) -> None:
    song = a_song(a_generation(), visibility=visibility)
    assert song.open_to(A_USER.id, None) is song.open_to(A_USER.id, 12) is owner
    assert song.open_to(STRANGER, A_GUILD.id) is song.open_to(None, A_GUILD.id) is guild
    assert song.open_to(STRANGER, 12) is song.open_to(None, None) is elsewhere
    assert not evolve(song, deleted_at=NOON).open_to(A_USER.id, A_GUILD.id)


async def test_plays_are_counted_and_the_latest_moment_is_kept(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx)
        for at in (NOON, NOON + HOUR, NOON - HOUR):
            await tx.songs.played(song.id, at)
        heard = await tx.songs.get(song.id)
        assert (heard.play_count, heard.last_played_at) == (3, NOON + HOUR)
        with pytest.raises(NotFound):
            await tx.songs.played("404", NOON)


async def test_a_guild_is_told_what_it_heard_last_without_what_is_private_or_gone(store: Store) -> None:
    async with store.begin() as tx:
        await tx.guilds.put(Guild(12, "Elsewhere"))
        first, second, hidden, gone = [await put_song(tx) for _ in range(4)]
        elsewhere = await tx.generations.add(a_generation(guild_id=12))
        far = await tx.songs.add(a_song(elsewhere))
        await put_song(tx)  # never heard
        for hours, song in enumerate((second, first, hidden, gone, far)):
            await tx.songs.played(song.id, NOON + hours * HOUR)
        await tx.songs.update(hidden.id, visibility="private")
        await tx.favourites.add(A_USER.id, gone.id)
        await tx.songs.delete(gone.id)
        assert [song.id for song in await tx.songs.last_played(A_GUILD.id)] == [first.id, second.id]
        assert [song.id for song in await tx.songs.last_played(A_GUILD.id, 1)] == [first.id]
        assert await tx.songs.last_played(A_GUILD.id, -1) == ()


async def test_a_walk_meets_every_song_once_and_no_deleted_one(store: Store) -> None:
    async with store.begin() as tx:
        ids = sorted([(await put_song(tx)).id for _ in range(5)])
        await tx.favourites.add(A_USER.id, ids[2])
        await tx.songs.delete(ids[2])
        met: list[str] = []
        while batch := await tx.songs.after(met[-1] if met else None, 2):
            met += [song.id for song in batch]
        assert met == [*ids[:2], *ids[3:]]


async def test_a_family_is_told_from_its_first_song_whoever_asks(store: Store) -> None:
    async with store.begin() as tx:
        first = await put_song(tx, created_at=NOON)
        young = await put_song(tx, parent_id=first.id, created_at=NOON + 2 * HOUR)
        old = await put_song(tx, parent_id=first.id, created_at=NOON + HOUR)
        grandchild = await put_song(tx, parent_id=young.id, created_at=NOON)
        alone = await put_song(tx)
        whole = [first.id, old.id, young.id, grandchild.id]
        for member in (first, young, old, grandchild):
            assert [song.id for song in await tx.songs.family(member.id)] == whole
        assert await tx.songs.family(alone.id) == (alone,)
        with pytest.raises(NotFound):
            await tx.songs.family("404")
        await tx.songs.delete(young.id)
        family = await tx.songs.family(grandchild.id)
        assert [song.id for song in family] == whole
        assert [song.id for song in family if song.deleted_at] == [young.id]


async def test_words_are_kept_with_the_moments_when_they_are_sung(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx)
        assert await tx.songs.sung(song.id) == ()
        await tx.songs.sing(song.id, [SungWord("rain ", 0.5, 1.25), SungWord("\u96e8\0", 1.25, 2.0)])
        assert await tx.songs.sung(song.id) == (SungWord("rain ", 0.5, 1.25), SungWord("\u96e8\ufffd", 1.25, 2.0))
        await tx.songs.sing(song.id, [SungWord("sun", 0.0, 1.0)])
        assert await tx.songs.sung(song.id) == (SungWord("sun", 0.0, 1.0),)
        with pytest.raises(NotFound):
            await tx.songs.sing("404", [])


async def test_a_private_song_is_found_by_no_search_of_its_guild(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx, title="Mine", visibility="private")
        for guild_id in (A_GUILD.id, None):
            assert (await tx.library.find(LibraryQuery(guild_id=guild_id, text="mine"))).items == ()
        shown = await tx.songs.update(song.id, visibility="guild")
        assert (await tx.library.find(LibraryQuery(guild_id=A_GUILD.id, text="mine"))).items == (shown,)
