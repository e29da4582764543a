"""The same wish in the same server within a window is offered the song that was made of it; all else is made anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conductr.repeats import Repeats, wish_key
from conductr.wishes import Wish
from conductr_store import Generation, Guild, Store
from conductr_store.testing import A_GUILD, a_generation, a_song

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = Repeats(timedelta(days=1))
WISH = Wish("a rainy lo-fi beat", "lofi, warm piano", "Rain", "La la", instrumental=False)
KEY = wish_key(WISH, "V5")
OTHERS = [
    evolve(WISH, prompt="a sunny lo-fi beat"),
    evolve(WISH, style="lofi"),
    evolve(WISH, title=None),
    evolve(WISH, lyrics="La la la"),
    evolve(WISH, instrumental=True),
    evolve(WISH, model="V6"),
    Wish("lofi, warm piano", "a rainy lo-fi beat", "Rain", "La la"),
]


def test_case_and_blanks_make_no_other_wish() -> None:
    assert wish_key(evolve(WISH, prompt="  A Rainy\n LO-FI  beat "), "V5") == KEY
    assert wish_key(evolve(WISH, model="V5"), "V4") == KEY


@pytest.mark.parametrize("other", OTHERS, ids=range(len(OTHERS)))
def test_any_other_option_makes_another_wish(other: Wish) -> None:
    assert wish_key(other, "V5") != KEY


def test_nothing_of_the_words_can_be_read_from_the_key() -> None:
    assert len(KEY) == 64
    assert not set(KEY) - set("0123456789abcdef")


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_prompts_have_one_key_only_where_they_read_alike(first: str, second: str) -> None:
    alike = wish_key(Wish(first), "V5") == wish_key(Wish(second), "V5")
    assert alike or first != second
    if "".join(first.split()).casefold() != "".join(second.split()).casefold() and (first + second).isascii():
        assert not alike


async def made(
    store: Store, *, ago: timedelta = timedelta(hours=1), song: str = "ready", **changes: object
) -> Generation:
    row = a_generation(**{"state": "finished", "wish_key": KEY, "created_at": NOON - ago, **changes})
    async with store.begin() as tx:
        await tx.generations.add(row)
        await tx.songs.add(a_song(row, 0, state="failed"))
        await tx.songs.add(a_song(row, 1, state=song))
    return row


async def found(store: Store, repeats: Repeats = DAY, guild_id: int = A_GUILD.id) -> str | None:
    async with store.begin() as tx:
        again = await repeats.find(tx, guild_id, KEY, NOON)
    return again and again.id


async def test_the_newest_song_of_the_same_wish_is_offered(store: Store) -> None:
    await made(store, ago=timedelta(hours=3))
    newest = await made(store, ago=timedelta(hours=2))
    assert await found(store) == newest.id


@pytest.mark.parametrize(
    "otherwise",
    [{"state": "composing"}, {"state": "failed"}, {"wish_key": "0" * 64}, {"wish_key": None}, {"song": "growing"}],
    ids=str,
)
async def test_what_is_not_whole_or_not_the_same_is_not_offered(store: Store, otherwise: dict[str, object]) -> None:
    await made(store, **otherwise)  # pyright: ignore[reportArgumentType]
    assert await found(store) is None


async def test_another_server_is_offered_nothing(store: Store) -> None:
    await made(store)
    async with store.begin() as tx:
        await tx.guilds.put(Guild(99, "Elsewhere"))
    assert await found(store, guild_id=99) is None


async def test_after_the_window_it_is_made_anew_and_without_a_window_always(store: Store) -> None:
    row = await made(store, ago=timedelta(hours=1))
    assert await found(store, Repeats(timedelta(hours=2))) == row.id
    assert await found(store, Repeats(timedelta(minutes=59))) is None
    assert await found(store, Repeats(timedelta(0))) is None


async def test_a_song_that_was_deleted_or_is_private_is_not_offered(store: Store) -> None:
    private, deleted = await made(store, ago=timedelta(hours=2)), await made(store)
    async with store.begin() as tx:
        for song in await tx.songs.of_generation(private.id):
            await tx.songs.update(song.id, visibility="private")
        for song in await tx.songs.of_generation(deleted.id):
            await tx.songs.delete(song.id)
    assert await found(store) is None
