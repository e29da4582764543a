"""Deleted playlists: they come back within a week as they were, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from conductr_store import Conflict, NotFound, Store
from conductr_store.tables import playlist_songs
from conductr_store.testing import A_GUILD, A_USER, a_playlist, put_people, put_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_deleted_playlist_comes_back_within_seven_days_with_its_songs_and_as_the_active_one(
    any_url: str, clock: Clock
) -> None:
    async with Store.open(any_url, now=clock) as store, store.begin() as tx:
        await put_people(tx)
        song = await put_song(tx)
        playlist = await tx.playlists.create(a_playlist())
        await tx.playlists.append(playlist.id, song.id, A_USER.id)
        token = await tx.playlists.share(playlist.id)
        await tx.playlists.activate(playlist.id, guild_id=A_GUILD.id, user_id=A_USER.id)
        await tx.playlists.delete(playlist.id)
        assert await tx.playlists.own(A_USER.id) == ()
        assert await tx.playlists.active(guild_id=A_GUILD.id, user_id=A_USER.id) is None
        for gone in (tx.playlists.get(playlist.id), tx.playlists.songs(playlist.id), tx.playlists.delete(playlist.id)):
            with pytest.raises(NotFound):
                await gone
        clock.now += WEEK - timedelta(seconds=1)
        assert [each.id for each in await tx.playlists.restorable(A_USER.id)] == [playlist.id]
        assert await tx.playlists.restorable(A_USER.id + 1) == ()
        assert await tx.playlists.purge() == 0
        back = await tx.playlists.restore(playlist.id)
        assert (back.deleted_at, back.shared, back.version) == (None, False, 5)
        assert [place.song for place in await tx.playlists.songs(playlist.id)] == [song]
        assert await tx.playlists.active(guild_id=A_GUILD.id, user_id=A_USER.id) == back
        assert await tx.playlists.by_token(token) is None
        with pytest.raises(NotFound):
            await tx.playlists.restore(playlist.id)


async def test_after_seven_days_it_is_gone_for_good_with_all_its_rows(any_url: str, clock: Clock) -> None:
    async with Store.open(any_url, now=clock) as store, store.begin() as tx:
        await put_people(tx)
        kept, gone = [await tx.playlists.create(a_playlist(guild_id=A_GUILD.id)) for _ in "12"]
        await tx.playlists.append(gone.id, (await put_song(tx)).id, A_USER.id)
        await tx.playlists.activate(gone.id, guild_id=A_GUILD.id)
        await tx.playlists.activate(gone.id, guild_id=A_GUILD.id, user_id=A_USER.id)
        await tx.playlists.delete(gone.id)
        clock.now += WEEK
        assert await tx.playlists.restorable(A_USER.id) == ()
        with pytest.raises(NotFound):
            await tx.playlists.restore(gone.id)
        assert await tx.playlists.purge() == 1
        assert await tx.playlists.of_guild(A_GUILD.id) == (kept,)
        assert await tx.playlists._link.rows(select(playlist_songs)) == []


async def test_a_name_taken_meanwhile_keeps_a_deleted_playlist_away_until_it_is_free(store: Store) -> None:
    async with store.begin() as tx:
        first = await tx.playlists.create(a_playlist(name="Rain"))
        await tx.playlists.delete(first.id)
        second = await tx.playlists.create(a_playlist(name="RAIN"))
        with pytest.raises(Conflict, match="Rain"):
            await tx.playlists.restore(first.id)
        await tx.playlists.update(second.id, name="Sun")
        assert (await tx.playlists.restore(first.id)).name == "Rain"
