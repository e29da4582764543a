"""What a guild heard out or passed over, what lists are narrowed to, votes between takes, and what the radio picked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from conductr_store import Store
from conductr_store.records import NarrowedBy, Narrowing
from conductr_store.testing import A_GUILD, A_USER, put_people, put_song

pytestmark = pytest.mark.anyio
LOFI, METAL = Narrowing(NarrowedBy.GENRE, "lo-fi"), Narrowing(NarrowedBy.STYLE, "heavy metal")


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with Store.open(url) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened


async def test_what_was_heard_out_and_passed_over_is_counted(store: Store) -> None:
    began = store.now()
    async with store.begin() as tx:
        first, second, gone = [await put_song(tx) for _ in range(3)]
    for number, (song, skipped) in enumerate([(first, False), (second, True), (first, False), (second, False)]):
        store.now = lambda number=number: began + timedelta(seconds=number)
        async with store.begin() as tx:
            await tx.listening.note(A_GUILD.id, song.id, skipped=skipped)
    async with store.begin() as tx:
        await tx.listening.note(A_GUILD.id, gone.id, skipped=False)
        await tx.songs.delete(gone.id)
    async with store.begin() as tx:
        latest = await tx.listening.latest(A_GUILD.id)
        assert [(one.song.id, one.heard, one.skipped) for one in latest] == [(second.id, 1, 1), (first.id, 2, 0)]
        assert [one.song.id for one in await tx.listening.most_heard(A_GUILD.id)] == [first.id, second.id]
        assert await tx.listening.latest(A_GUILD.id + 1) == ()


async def test_a_narrowing_is_a_members_own_in_a_guild(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.listening.narrow(A_GUILD.id, A_USER.id, LOFI) is None
        assert await tx.listening.narrow(A_GUILD.id, A_USER.id, METAL) == LOFI
        assert await tx.listening.narrowed(A_GUILD.id, A_USER.id) == METAL
        assert await tx.listening.narrowed(A_GUILD.id, A_USER.id + 1) is None
        assert await tx.listening.narrow(A_GUILD.id, A_USER.id, None) == METAL
        assert await tx.listening.narrowed(A_GUILD.id, A_USER.id) is None


async def test_a_vote_between_takes_is_changed_taken_back_and_decided_once(store: Store) -> None:
    async with store.begin() as tx:
        made = (await put_song(tx)).generation_id
        await tx.take_votes.hold(made)
        assert await tx.take_votes.cast(made, A_USER.id, 0)
        assert await tx.take_votes.cast(made, A_USER.id, 1)
        assert await tx.take_votes.of(made) == {A_USER.id: 1}
        assert not await tx.take_votes.cast(made, A_USER.id, 1)
        assert await tx.take_votes.of(made) == {}
        assert await tx.take_votes.choice(made) is None
        assert await tx.take_votes.choose(made, None)
        assert not await tx.take_votes.choose(made, 1)
        choice = await tx.take_votes.choice(made)
        assert choice is not None
        assert choice.take is None


async def test_what_the_radio_asked_for_is_known_by_its_song(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx)
        asked = await tx.generations.get(song.generation_id)
        assert await tx.listening.pick_of(song.id) is None
        await tx.listening.picked(asked.request_key, A_GUILD.id, "liked", "lo-fi")
        pick = await tx.listening.pick_of(song.id)
        assert pick is not None
        assert (pick.reason, pick.subject) == ("liked", "lo-fi")
        assert await tx.listening.recent_picks(A_GUILD.id) == (pick,)


async def test_what_was_written_before_a_request_stays_only_where_a_wish_came_of_it(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx)
        asked = (await tx.generations.get(song.generation_id)).request_key
        for key in (asked, "refused", "another"):
            await tx.listening.vary(key, song.id)
            await tx.listening.picked(key, A_GUILD.id, "liked", key)
        for key in (asked, "refused"):
            await tx.listening.forget(key)
        assert [await tx.listening.parent_of(key) for key in (asked, "refused", "another")] == [song.id, None, song.id]
        assert {pick.subject for pick in await tx.listening.recent_picks(A_GUILD.id)} == {asked, "another"}


async def test_a_pick_is_undecided_while_nobody_knows_whether_it_was_accepted(store: Store) -> None:
    began = store.now()
    async with store.begin() as tx:
        song = await put_song(tx)
        asked = await tx.generations.get(song.generation_id)
        await tx.generations.update(asked.id, state="unknown")
        assert not await tx.listening.undecided(A_GUILD.id, began), "a person asked for it"
        await tx.listening.picked(asked.request_key, A_GUILD.id, "liked", "lo-fi")
        assert await tx.listening.undecided(A_GUILD.id, began)
        assert not await tx.listening.undecided(A_GUILD.id + 1, began)
        assert not await tx.listening.undecided(A_GUILD.id, store.now() + timedelta(seconds=1))
        await tx.generations.update(asked.id, state="refused")
        assert not await tx.listening.undecided(A_GUILD.id, began)


async def test_of_which_song_a_wish_is_a_variation_is_known_by_its_request(store: Store) -> None:
    async with store.begin() as tx:
        song = await put_song(tx)
        assert await tx.listening.parent_of("again") is None
        for _ in range(2):
            await tx.listening.vary("again", song.id)
        assert await tx.listening.parent_of("again") == song.id
        await tx.songs.delete(song.id)
        assert (await tx.songs.get(song.id, deleted=True)).deleted_at is not None, "its row stays for its children"
