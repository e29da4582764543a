"""Playlists: whose they are, who reads them, which is the active one, and how they go and come back."""

from __future__ import annotations

import pytest
from attrs import evolve
from sqlalchemy import select

from conductr_store import Changed, Conflict, Guild, NotFound, Orphan, Store, UnitOfWork, User
from conductr_store.tables import playlists
from conductr_store.testing import A_GUILD, A_USER, a_playlist, put_song

pytestmark = pytest.mark.anyio

GRACE = User(8, "Grace")
ELSEWHERE = Guild(12, "Elsewhere")


async def others(tx: UnitOfWork) -> None:
    await tx.users.put(GRACE)
    await tx.guilds.put(ELSEWHERE)


async def test_a_playlist_comes_back_as_it_was_made_and_as_it_was_changed(store: Store) -> None:
    async with store.begin() as tx:
        playlist = await tx.playlists.create(a_playlist(name="\U0001f327 Rain", collaborative=True))
        assert await tx.playlists.get(playlist.id) == playlist
        changed = await tx.playlists.update(playlist.id, name="Sun", collaborative=False)
        assert changed == evolve(playlist, name="Sun", collaborative=False, version=2, updated_at=changed.updated_at)
        assert await tx.playlists.get(playlist.id) == changed
        for refused in (tx.playlists.get("404"), tx.playlists.update("404", name="x"), tx.playlists.share("404")):
            with pytest.raises(NotFound, match="404"):
                await refused
        with pytest.raises(TypeError, match="owner_id"):
            await tx.playlists.update(playlist.id, owner_id=GRACE.id)


async def test_a_name_is_given_once_to_each_owner_and_guild_whatever_its_case_and_spaces(store: Store) -> None:
    async with store.begin() as tx:
        await others(tx)
        mine = await tx.playlists.create(a_playlist(name="Late  Night"))
        for free in (
            a_playlist(name="late night", owner_id=GRACE.id),
            a_playlist(name="late night", guild_id=A_GUILD.id),
            a_playlist(name="late night", guild_id=ELSEWHERE.id),
            a_playlist(name="late nights"),
        ):
            await tx.playlists.create(free)
        taken_here = a_playlist(name="Late Night", guild_id=A_GUILD.id, owner_id=GRACE.id)
        for taken in (a_playlist(name=" LATE night "), taken_here):
            with pytest.raises(Conflict):
                await tx.playlists.create(taken)
        other = await tx.playlists.named("Late Nights", owner_id=A_USER.id, guild_id=None)
        assert other is not None
        with pytest.raises(Conflict):
            await tx.playlists.update(other.id, name="LATE NIGHT")
        assert (await tx.playlists.update(mine.id, name="late night")).name == "late night"
        assert await tx.playlists.named("late night", owner_id=404, guild_id=None) is None
    with pytest.raises(Orphan):
        async with store.begin() as tx:
            await tx.playlists.create(a_playlist(guild_id=404))


async def test_own_and_guild_playlists_are_listed_apart_by_name(store: Store) -> None:
    async with store.begin() as tx:
        await others(tx)
        b, a = [await tx.playlists.create(a_playlist(name=name)) for name in ("beta", "Alpha")]
        shared = await tx.playlists.create(a_playlist(name="gamma", guild_id=A_GUILD.id))
        await tx.playlists.create(a_playlist(name="delta", owner_id=GRACE.id))
        assert await tx.playlists.own(A_USER.id) == (a, b)
        assert await tx.playlists.of_guild(A_GUILD.id) == (shared,)
        assert await tx.playlists.of_guild(ELSEWHERE.id) == ()


@pytest.mark.parametrize("collaborative", [True, False])
def test_only_members_of_the_guild_help_with_a_collaborative_playlist(collaborative: bool) -> None:
    of_guild = a_playlist(guild_id=A_GUILD.id, collaborative=collaborative)
    assert of_guild.changeable_by(A_USER.id)
    assert of_guild.changeable_by(GRACE.id, A_GUILD.id) is collaborative
    assert not of_guild.changeable_by(GRACE.id, ELSEWHERE.id)
    assert not of_guild.changeable_by(GRACE.id)
    own = a_playlist(collaborative=collaborative)
    assert not own.changeable_by(GRACE.id)
    assert not own.changeable_by(GRACE.id, A_GUILD.id)


async def test_a_change_that_was_meant_for_another_version_does_nothing_and_brings_the_fresh_one(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx)
        seen = await tx.playlists.create(a_playlist())
        fresh = await tx.playlists.append(seen.id, song.id, A_USER.id, expected_version=1)
        assert fresh.version == 2
        for late in (
            lambda: tx.playlists.update(seen.id, name="Late", expected_version=1),
            lambda: tx.playlists.append(seen.id, song.id, A_USER.id, expected_version=1),
            lambda: tx.playlists.move(seen.id, song.id, expected_version=1),
            lambda: tx.playlists.remove(seen.id, song.id, expected_version=1),
            lambda: tx.playlists.delete(seen.id, expected_version=1),
        ):
            with pytest.raises(Changed, match="the playlist has changed") as caught:
                await late()
            assert caught.value.fresh == fresh
        assert await tx.playlists.get(seen.id) == fresh
        assert (await tx.playlists.update(seen.id, name="In time", expected_version=2)).version == 3


async def test_a_link_shows_the_playlist_until_it_is_made_anew_or_ended(store: Store) -> None:
    async with store.begin() as tx:
        playlist = await tx.playlists.create(a_playlist())
        first = await tx.playlists.share(playlist.id)
        found = await tx.playlists.by_token(first)
        assert found is not None
        assert (found.id, found.shared, playlist.shared) == (playlist.id, True, False)
        second = await tx.playlists.share(playlist.id)
        assert second != first
        assert await tx.playlists.by_token(first) is None
        assert await tx.playlists.by_token(second) == await tx.playlists.get(playlist.id)
        assert not (await tx.playlists.unshare(playlist.id)).shared
        for ended in (second, "", "\ud800", playlist.id):
            assert await tx.playlists.by_token(ended) is None


async def test_a_links_token_is_long_and_stands_nowhere(store: Store) -> None:
    async with store.begin() as tx:
        playlist = await tx.playlists.create(a_playlist())
        token = await tx.playlists.share(playlist.id)
        assert len(token) >= 43  # 32 random bytes
        (row,) = await tx.playlists._link.rows(select(playlists).where(playlists.c.id == playlist.id))
        assert token not in str(dict(row))
        assert row["share_hash"] not in repr(await tx.playlists.get(playlist.id))
        assert await tx.playlists.by_token(row["share_hash"]) is None


async def test_a_member_means_the_own_choice_in_a_guild_else_the_guilds(store: Store) -> None:
    async with store.begin() as tx:
        await others(tx)
        own, of_guild, another = [
            await tx.playlists.create(each) for each in (a_playlist(), *(a_playlist(guild_id=A_GUILD.id) for _ in "12"))
        ]

        async def meant(user_id: int | None, guild_id: int = A_GUILD.id) -> str | None:
            active = await tx.playlists.active(guild_id=guild_id, user_id=user_id)
            return active.id if active else None

        assert await meant(A_USER.id) is None
        await tx.playlists.activate(of_guild.id, guild_id=A_GUILD.id)
        assert await meant(A_USER.id) == await meant(None) == of_guild.id
        await tx.playlists.activate(own.id, guild_id=A_GUILD.id, user_id=A_USER.id)
        assert [await meant(who) for who in (A_USER.id, GRACE.id, None)] == [own.id, of_guild.id, of_guild.id]
        assert await meant(A_USER.id, ELSEWHERE.id) is None
        await tx.playlists.activate(another.id, guild_id=A_GUILD.id, user_id=A_USER.id)
        await tx.playlists.activate(another.id, guild_id=A_GUILD.id)
        assert await meant(A_USER.id) == await meant(None) == another.id
        await tx.playlists.deactivate(guild_id=A_GUILD.id)
        assert (await meant(A_USER.id), await meant(None)) == (another.id, None)
        await tx.playlists.deactivate(guild_id=A_GUILD.id, user_id=A_USER.id)
        assert await meant(A_USER.id) is None


async def test_only_a_playlist_of_the_guild_or_ones_own_can_be_made_active_there(store: Store) -> None:
    async with store.begin() as tx:
        await others(tx)
        own = await tx.playlists.create(a_playlist())
        far = await tx.playlists.create(a_playlist(guild_id=ELSEWHERE.id))
        for playlist, who in ((own, GRACE.id), (own, None), (far, A_USER.id), (far, None)):
            with pytest.raises(NotFound):
                await tx.playlists.activate(playlist.id, guild_id=A_GUILD.id, user_id=who)
