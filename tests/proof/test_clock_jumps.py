"""The clock jumps an hour on or back: no lease is stolen, no job is done twice, no wish is sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.saga import Clock, a_world
from support.world import Submission, check_world
from support.world import World as Whole

from conductr_store import LeaseLost, QueueSnapshot, Store
from conductr_store.testing import A_GUILD, put_people

pytestmark = [pytest.mark.anyio]

HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=15)
JUMPS = [pytest.param(HOUR, id="on"), pytest.param(-HOUR, id="back")]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(url: str, clock: Clock) -> AsyncIterator[Store]:
    """A store whose database's clock is the test's."""
    async with Store.open(url, now=clock) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_guild_has_one_owner_whatever_the_clock_does(store: Store, clock: Clock, jump: timedelta) -> None:
    """Whoever loses the guild by a jump cannot write to its queue any more; whoever keeps it can."""
    async with store.begin() as tx:
        mine = await tx.leases.acquire(A_GUILD.id, "mine", LEASE)
    clock.passes(jump)
    async with store.begin() as tx:
        theirs = await tx.leases.acquire(A_GUILD.id, "theirs", LEASE)
    assert mine is not None
    assert (theirs is not None) == (jump > timedelta(0))
    snapshot = QueueSnapshot(A_GUILD.id, 1, 0.0, {})

    async def write(epoch: int, command: str) -> None:
        async with store.begin() as tx:
            await tx.queues.record(A_GUILD.id, command_id=command, kind="add", data={}, snapshot=snapshot, epoch=epoch)

    if theirs is None:
        await write(mine.epoch, "mine")
        return
    await write(theirs.epoch, "theirs")
    with pytest.raises(LeaseLost):
        await write(mine.epoch, "too late")


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_job_is_done_once_whatever_the_clock_does(store: Store, clock: Clock, jump: timedelta) -> None:
    async with store.begin() as tx:
        await tx.jobs.put("proof", "one")
        (mine,) = await tx.jobs.claim(["proof"], "mine", LEASE, 5)
    clock.passes(jump)
    async with store.begin() as tx:
        theirs = await tx.jobs.claim(["proof"], "theirs", LEASE, 5)
    assert len(theirs) == (jump > timedelta(0))
    if theirs:
        async with store.begin() as tx:
            with pytest.raises(LeaseLost):
                await tx.jobs.done(mine.id, mine.lease_epoch)
    winner = (*theirs, mine)[0]
    async with store.begin() as tx:
        await tx.jobs.done(winner.id, winner.lease_epoch)
    clock.passes(HOUR)
    async with store.begin() as tx:
        assert await tx.jobs.claim(["proof"], "anyone", LEASE, 5) == ()


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_wish_under_way_is_sent_once_and_comes_to_its_end(tmp_path: Path, url: str, jump: timedelta) -> None:
    """The clock jumps while Suno is being asked, and again before the next process takes over.

    After a jump back, what a dead process held is free only when the clock has caught up: late, but never twice.
    """
    world = a_world(url, tmp_path)

    async def jumps() -> None:
        world.clock.passes(jump)

    world.after = jumps
    async with world.life() as first, first.watching():
        made = await first.ask()
        await first.reached(made.id, "submitted", "composing", "playable", "finished")
    world.after = None
    world.clock.passes(jump)
    async with world.life() as second, second.watching():
        if jump < timedelta(0):
            world.clock.passes(-3 * jump)
        view = await second.reached(made.id, "finished", "failed", "unknown", "refused")
    assert view.state == "finished"
    booked = tuple(
        Submission(f"{number:032x}", str(body["prompt"])) for number, body in enumerate(world.suno.submissions, 1)
    )
    whole = Whole(world.url, media=tmp_path / "media", submissions=booked)
    assert await check_world(whole) == []
    assert len(booked) == 1
