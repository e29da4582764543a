"""The same wish while it is in the making: two presses are one song, and anybody else is asked whether they mean it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from attrs import evolve
from support.saga import ADA, WISH, Life, World

from conductr import Caller
from conductr.errors import AlreadyAsked
from conductr.replies import word
from suno_client import NotSent, SunoError
from suno_client.testing import Loss, envelope

pytestmark = pytest.mark.anyio

ONE_ENGINE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # of a rule that asks the store nothing new

EVE = Caller(8, "Eve", ADA.guild_id, "Test guild", voice_channel_id=5)
ELSEWHERE = Caller(8, "Eve", 43, "Elsewhere", voice_channel_id=5)


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    world.settings |= {"repeat_window_s": 86_400.0, "quota_member_day": 5}
    async with world.life() as life:
        yield life


async def test_two_presses_of_one_member_are_one_song(world: World, life: Life) -> None:
    first = await life.ask()
    again = await life.ask("two", wish=evolve(WISH, prompt=WISH.prompt.upper() + "  "))
    assert (again.id, again.doubled, first.doubled) == (first.id, True, False)
    assert len(world.suno.submissions) == 1
    assert again.quota_left is not None
    assert (again.quota_left.left, again.quota_left.limit) == (4, 5)


@ONE_ENGINE
@pytest.mark.parametrize(("caller", "later_s"), [(EVE, 1), (ADA, 11), (ADA, 58)], ids=["another", "later", "late"])
async def test_whoever_else_asks_has_to_confirm_and_pays_nothing_yet(
    world: World, life: Life, caller: Caller, later_s: int
) -> None:
    first = await life.ask()
    world.clock.passes(timedelta(seconds=later_s - 1))
    with pytest.raises(AlreadyAsked) as asked:
        await life.ask("two", caller)
    assert asked.value.generation_id == first.id
    assert "being made" in word(asked.value).text
    assert len(world.suno.submissions) == 1
    meant = await life.ask("three", caller, anew=True)
    assert meant.id != first.id
    assert len(world.suno.submissions) == 2


async def test_after_a_minute_or_in_another_server_nobody_is_asked(world: World, life: Life) -> None:
    await life.ask()
    await life.ask("elsewhere", ELSEWHERE)
    world.clock.passes(timedelta(seconds=60))
    await life.ask("later", EVE)
    assert len(world.suno.submissions) == 3


async def test_what_was_refused_or_cancelled_is_in_the_making_no_more(world: World, life: Life) -> None:
    world.suno.faults["submit"].append(envelope(413, "rejected"))
    with pytest.raises(SunoError):
        await life.ask("refused")
    made = await life.ask("three")
    await life.generations.cancel(ADA, made.id)
    assert not (await life.ask("four")).doubled
    assert len(world.suno.submissions) == 2


async def lost(world: World, life: Life) -> str:
    """A wish that Suno took, and whose answer never came."""
    world.suno.faults["submit"].append(Loss("reset", accepted=True))
    with pytest.raises(SunoError):
        await life.ask("lost")
    (row,) = await life.generations.recent(ADA.guild_id)
    assert row.state == "unknown"
    return row.id


async def test_whoever_asks_for_what_may_have_been_taken_has_to_confirm_for_a_day(world: World, life: Life) -> None:
    first = await lost(world, life)
    for number, (caller, later) in enumerate(((ADA, 0), (EVE, 0), (ADA, 120), (EVE, 86_000))):
        world.clock.passes(timedelta(seconds=later))
        with pytest.raises(AlreadyAsked) as asked:
            await life.ask(f"again {number}", caller)
        assert (asked.value.generation_id, asked.value.lost) == (first, True)
        assert "was lost" in word(asked.value).text
        assert "being made here already" not in word(asked.value).text
    assert len(world.suno.submissions) == 1
    assert (await life.ask("meant", anew=True)).state == "submitted"
    world.clock.passes(timedelta(days=1))
    await life.ask("the day after")
    assert len(world.suno.submissions) == 3


@ONE_ENGINE
@pytest.mark.parametrize("taken", [False, True])
async def test_once_somebody_has_decided_nobody_is_asked_about_a_lost_answer(
    world: World, life: Life, *, taken: bool
) -> None:
    await life.generations.resolve(await lost(world, life), accepted=taken)
    assert (await life.ask("again")).state == "submitted"


@ONE_ENGINE
async def test_where_the_song_was_made_after_all_it_is_offered(world: World, life: Life) -> None:
    await lost(world, life)
    world.clock.passes(timedelta(seconds=20))
    made = await life.ask("meant", anew=True)
    async with life.watching():
        await life.reached(made.id, "finished", "failed")
    again = await life.ask("again", EVE)
    assert (again.id, again.repeated) == (made.id, True)


async def test_who_insists_on_a_new_one_twice_in_a_moment_gets_one(world: World, life: Life) -> None:
    """Whatever was asked for by others meanwhile."""
    first = await life.ask("one", anew=True)
    other = await life.ask("by another", EVE, anew=True)
    again = await life.ask("two", anew=True)
    assert (again.id, again.doubled, other.doubled) == (first.id, True, False)
    world.clock.passes(timedelta(seconds=10))
    assert not (await life.ask("three", anew=True)).doubled
    assert len(world.suno.submissions) == 3


@ONE_ENGINE
async def test_who_insists_at_the_moment_of_a_lost_answer_has_pressed_twice(world: World, life: Life) -> None:
    first = await lost(world, life)
    again = await life.ask("pressed twice", anew=True)
    assert (again.id, again.doubled, again.state) == (first, True, "unknown")
    assert len(world.suno.submissions) == 1


@pytest.mark.parametrize("anew", [False, True])
async def test_presses_at_the_same_moment_are_one_song_on_either_engine(world: World, *, anew: bool) -> None:
    """By as many processes as there are presses."""
    world.settings |= {"repeat_window_s": 86_400.0}
    found: list[str] = []

    async def press(number: int) -> None:
        async with world.life() as life:
            found.append((await life.generations.start(ADA, WISH, f"press {number}", anew=anew)).id)

    async with anyio.create_task_group() as presses:
        for number in range(4):
            presses.start_soon(press, number)
    assert len(set(found)) == 1
    assert len(world.suno.submissions) == 1


@ONE_ENGINE
async def test_who_wants_every_wish_made_is_never_asked(world: World) -> None:
    world.settings |= {"repeat_window_s": 0.0}
    async with world.life() as life:
        for key in ("one", "two"):
            assert not (await life.ask(key)).doubled
    assert len(world.suno.submissions) == 2


@ONE_ENGINE
async def test_an_old_wish_that_is_asked_for_again_waits_its_whole_hour(world: World, life: Life) -> None:
    """Counted from the last asking: every gateway is down."""
    world.suno.faults["submit"].append(envelope(413, "rejected"))
    with pytest.raises(Exception, match=r".+"):
        await life.ask()
    (made,) = await life.generations.recent(ADA.guild_id)
    world.clock.passes(timedelta(hours=5))
    await life.generations.again(made.id)
    for minutes, state in ((0, "requested"), (59, "requested"), (2, "refused")):
        world.clock.passes(timedelta(minutes=minutes))
        await life.gateways.note(life.gateways.first, NotSent("refused"))
        async with life.store.begin() as tx:
            row = await tx.generations.take(made.id, life.generations.book.owner, timedelta(minutes=1))
        assert row is not None
        await life.generations.submitter.submit(row)
        assert (await life.generations.get(made.id)).state == state, minutes
        world.clock.passes(timedelta(seconds=10))
