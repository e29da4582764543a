"""Favourites: each member's own, the newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conductr_store import NotFound, Orphan, Store, User
from conductr_store.testing import A_USER, memory_store, put_people, put_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
GRACE = User(8, "Grace")


async def test_a_song_is_liked_once_and_no_more_when_it_is_taken_back(store: Store) -> None:
    async with store.begin() as tx:
        await tx.users.put(GRACE)
        song, other = await put_song(tx), await put_song(tx)
        assert await tx.favourites.add(A_USER.id, song.id)
        assert not await tx.favourites.add(A_USER.id, song.id)
        assert await tx.favourites.add(GRACE.id, song.id)
        assert await tx.favourites.among(A_USER.id, [song.id, other.id, "404"]) == {song.id}
        assert await tx.favourites.counts([song.id, other.id]) == {song.id: 2}
        assert await tx.favourites.remove(A_USER.id, song.id)
        assert not await tx.favourites.remove(A_USER.id, song.id)
        assert await tx.favourites.of(A_USER.id) == ()
        assert [favourite.song for favourite in await tx.favourites.of(GRACE.id)] == [song]
        assert await tx.favourites.among(A_USER.id, []) == frozenset()


async def test_only_what_is_there_can_be_liked_and_only_by_those_who_are_known(store: Store) -> None:
    async with store.begin() as tx:
        song, gone = await put_song(tx), await put_song(tx)
        await tx.favourites.add(A_USER.id, gone.id)
        await tx.songs.delete(gone.id)
        for missing in (gone.id, "404"):
            with pytest.raises(NotFound):
                await tx.favourites.add(A_USER.id, missing)
        assert await tx.favourites.of(A_USER.id) == ()  # what is left of it is no song to hear
    with pytest.raises(Orphan):
        async with store.begin() as tx:
            await tx.favourites.add(404, song.id)


async def test_pages_meet_every_favourite_once_the_newest_first_also_of_one_moment(any_url: str) -> None:
    moments = [NOON + timedelta(seconds=number // 3) for number in range(8)]
    clock = iter(moments)
    async with Store.open(any_url, now=lambda: next(clock)) as store, store.begin() as tx:
        await put_people(tx)
        songs = [await put_song(tx) for _ in moments]
        for song in songs:
            await tx.favourites.add(A_USER.id, song.id)
        whole = await tx.favourites.of(A_USER.id)
        met = list(await tx.favourites.of(A_USER.id, limit=3))
        while page := await tx.favourites.of(A_USER.id, after=met[-1], limit=3):
            assert len(page) <= 3
            met += page
    assert met == list(whole)
    assert [favourite.added_at for favourite in met] == moments[::-1]
    assert {favourite.song.id for favourite in met} == {song.id for song in songs}


async def test_a_page_of_no_length_is_empty() -> None:
    async with memory_store() as store, store.begin() as tx:
        await put_people(tx)
        await tx.favourites.add(A_USER.id, (await put_song(tx)).id)
        assert await tx.favourites.of(A_USER.id, limit=-1) == ()
