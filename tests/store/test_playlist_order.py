"""The order of a playlist: whatever is added, moved and removed, it is the one that people meant."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conductr_store import Conflict, NotFound, Playlist, Store, UnitOfWork
from conductr_store.testing import A_USER, a_playlist, put_people, put_song

pytestmark = pytest.mark.anyio

SIX = 6
Step = tuple[str, int, int]  # what, which song, before which one: SIX is the end
STEPS = st.lists(
    st.tuples(st.sampled_from(["append", "move", "move", "remove"]), st.integers(0, SIX - 1), st.integers(0, SIX)),
    max_size=20,
)


async def six_songs(tx: UnitOfWork) -> list[str]:
    return [(await put_song(tx)).id for _ in range(SIX)]


async def order_of(tx: UnitOfWork, playlist: Playlist) -> list[str]:
    return [place.song.id for place in await tx.playlists.songs(playlist.id)]


def meant(order: list[str], what: str, song: str, before: str | None) -> list[str] | None:
    """The order after a step; None where it cannot be done."""
    there = song in order
    if there == (what == "append") or (what != "remove" and before is not None and before not in order):
        return None
    if what == "move" and before == song:
        return order
    rest = [each for each in order if each != song]
    if what == "remove":
        return rest
    at = len(rest) if before is None else rest.index(before)
    return [*rest[:at], song, *rest[at:]]


async def do(tx: UnitOfWork, playlist: Playlist, what: str, song: str, before: str | None) -> Playlist:
    match what:
        case "append":
            return await tx.playlists.append(playlist.id, song, A_USER.id, before=before)
        case "move":
            return await tx.playlists.move(playlist.id, song, before=before)
        case _:
            return await tx.playlists.remove(playlist.id, song)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("append", 0, SIX), ("append", 1, 0), ("move", 0, 0), ("move", 0, 1), ("append", 1, SIX)])
@example(steps=[("append", 0, 0), ("remove", 0, 0), ("append", 0, 3)])
async def test_any_walk_of_changes_ends_in_the_order_that_a_list_would_have(store: Store, steps: list[Step]) -> None:
    async with store.begin() as tx:
        songs = await six_songs(tx)
        playlist = await tx.playlists.create(a_playlist())
        order: list[str] = []
        for what, which, where in steps:
            before = None if where == SIX else songs[where]
            expected = meant(order, what, songs[which], before)
            if expected is None:
                with pytest.raises((Conflict, NotFound)):
                    await do(tx, playlist, what, songs[which], before)
            else:
                changed = await do(tx, playlist, what, songs[which], before)
                assert changed.version == playlist.version + (expected is not order)
                playlist, order = changed, expected
            assert await order_of(tx, playlist) == order
        assert await tx.playlists.get(playlist.id) == playlist
        assert await tx.playlists.counts([playlist.id, "404"]) == ({playlist.id: len(order)} if order else {})


async def test_a_hundred_moves_into_the_same_gap_find_room(store: Store) -> None:
    async with store.begin() as tx:
        songs = (await six_songs(tx))[::-1]  # an order that only the ranks know
        playlist = await tx.playlists.create(a_playlist())
        for song in songs:
            await tx.playlists.append(playlist.id, song, A_USER.id)
        first, *rest, last = songs
        for _ in range(50):
            await tx.playlists.move(playlist.id, last, before=rest[0])
            assert await order_of(tx, playlist) == [first, last, *rest]
            await tx.playlists.move(playlist.id, rest[0], before=last)
            assert await order_of(tx, playlist) == [first, rest[0], last, *rest[1:]]
        assert (await tx.playlists.get(playlist.id)).version == 1 + SIX + 100


@pytest.fixture
async def elsewhere(url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes' views of one database."""
    async with Store.open(url) as one, Store.open(url) as other:
        async with one.begin() as tx:
            await put_people(tx)
        yield one, other


async def test_songs_added_at_once_from_two_sides_all_stand_there_in_one_order(elsewhere: tuple[Store, Store]) -> None:
    async with elsewhere[0].begin() as tx:
        songs = [(await put_song(tx)).id for _ in range(12)]
        playlist = await tx.playlists.create(a_playlist())
    versions: list[int] = []

    async def add(store: Store, song: str) -> None:
        async with store.begin() as tx:
            versions.append((await tx.playlists.append(playlist.id, song, A_USER.id)).version)

    async with anyio.create_task_group() as group:
        for number, song in enumerate(songs):
            group.start_soon(add, elsewhere[number % 2], song)
    assert sorted(versions) == list(range(2, 14))
    async with elsewhere[1].begin() as tx:
        order = await order_of(tx, playlist)
        assert sorted(order) == sorted(songs)
        assert [place.song.id for place in await tx.playlists.songs(playlist.id, limit=5)] == order[:5]
        assert [place.song.id for place in await tx.playlists.songs(playlist.id, after=order[4])] == order[5:]
        with pytest.raises(NotFound):
            await tx.playlists.songs(playlist.id, after="404")


async def test_a_deleted_song_keeps_its_place_and_cannot_be_added_anew(store: Store) -> None:
    async with store.begin() as tx:
        first, gone, last = [(await put_song(tx)).id for _ in range(3)]
        playlist, other = [await tx.playlists.create(a_playlist()) for _ in "12"]
        for song in (first, gone, last):
            await tx.playlists.append(playlist.id, song, A_USER.id)
        await tx.songs.delete(gone)
        places = await tx.playlists.songs(playlist.id)
        assert [(place.song.id, place.song.deleted_at is None) for place in places] == [
            (first, True),
            (gone, False),
            (last, True),
        ]
        assert {place.added_by for place in places} == {A_USER.id}
        for missing in (gone, "404"):
            with pytest.raises(NotFound, match="song"):
                await tx.playlists.append(other.id, missing, A_USER.id)
        await tx.playlists.remove(playlist.id, gone)
        assert await order_of(tx, playlist) == [first, last]
