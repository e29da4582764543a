"""What a server's own people have set holds within what the operator allows: songs at a time, and songs a day."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest
from support.saga import ADA, WISH, Life, World

from conductr import Caller, TooManyWaiting, Wish
from conductr.errors import QuotaReached
from conductr_store import Guild

pytestmark = pytest.mark.anyio

ONE_ENGINE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # of a rule that asks the store nothing new

EVE = Caller(8, "Eve", ADA.guild_id, "Test guild", voice_channel_id=5)
ELSEWHERE = Caller(8, "Eve", 43, "Elsewhere", voice_channel_id=5)


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    world.settings |= {"quota_member_day": 3, "quota_server_day": 4}
    async with world.life() as life:
        async with life.store.begin() as tx:
            await tx.guilds.put(Guild(ADA.guild_id, ADA.guild_name))
        yield life


async def settle(life: Life, **settings: int | None) -> None:
    async with life.store.begin() as tx:
        await tx.guilds.set(ADA.guild_id, **settings)


@ONE_ENGINE
@pytest.mark.parametrize(("setting", "whom"), [("member_running_cap", ADA), ("guild_running_cap", EVE)])
async def test_so_many_are_in_the_making_at_a_time_and_no_more(
    world: World, life: Life, setting: str, whom: Caller
) -> None:
    await settle(life, **{setting: 2})
    first = [await life.ask(f"{number}") for number in range(2)]
    with pytest.raises(TooManyWaiting) as refused:
        await life.ask("too many", whom)
    assert refused.value.limit == 2
    assert (await life.ask("elsewhere", ELSEWHERE)).state == "submitted"
    if setting == "member_running_cap":
        await life.ask("another member", EVE)
    async with life.watching():
        await life.reached(first[0].id, "finished", "failed")
    await life.ask("there is room again", whom)


@ONE_ENGINE
@pytest.mark.parametrize(
    ("settings", "whose", "limit"),
    [
        ({}, "member", 3),
        ({"member_daily_quota": 1}, "here", 1),
        ({"guild_daily_quota": 2}, "server", 2),
        ({"member_daily_quota": 0}, "here", 0),
        ({"guild_daily_quota": 99, "member_daily_quota": 99}, "member", 3),
    ],
    ids=["operator", "member", "server", "none", "more than allowed"],
)
async def test_so_many_a_day_and_never_more_than_the_operator_allows(
    life: Life, settings: dict[str, int], whose: str, limit: int
) -> None:
    await settle(life, **settings)
    for number in range(limit):
        made = await life.ask(f"{number}")
        assert made.quota_left is not None
        assert (made.quota_left.left, made.quota_left.limit) == (limit - number - 1, limit)
    with pytest.raises(QuotaReached) as refused:
        await life.ask("beyond")
    assert (refused.value.whose, refused.value.limit) == (whose, limit)


async def test_many_at_the_same_moment_get_no_more_than_the_cap(world: World, life: Life) -> None:
    await settle(life, guild_running_cap=2)
    told: list[str] = []

    async def ask(number: int) -> None:
        async with world.life() as another:
            try:
                await another.generations.start(ADA, Wish(f"{WISH.prompt} {number}"), f"{number}")
            except TooManyWaiting:
                told.append("refused")
            else:
                told.append("asked")

    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(ask, number)
    assert sorted(told) == ["asked", "asked", "refused", "refused"]
