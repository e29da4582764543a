"""A process that stops at any named moment of a generation: the next one brings it to an end, and pays once."""

from __future__ import annotations

from datetime import timedelta

import anyio
import pytest
from support.saga import ADA, Life, World

from conductr.making.verdicts import UNDECIDED_AFTER_S
from conductr_store.faults import FaultInjected, injected

pytestmark = pytest.mark.anyio

BEFORE = ("gen.before_reserve", "gen.after_reserve", "gen.after_attempt_row", "gen.before_post")
ASKING = (*BEFORE, "gen.after_post_before_store", "gen.after_store_task")
FOLLOWING = ("gen.poll", "gen.cb_before_commit", "gen.cb_after_commit", "gen.finalize", "media.validated")
OVER = ("finished", "failed", "refused", "unknown")


async def books(life: Life) -> tuple[int, int]:
    """The member's songs: held, and used."""
    async with life.store.begin() as tx:
        balance = await tx.ledger.balance(f"member:{ADA.user_id}:{life.clock().date().isoformat()}")
    assert balance.granted == balance.available + balance.reserved + balance.consumed
    return balance.reserved, balance.consumed


@pytest.mark.parametrize("point", ASKING)
async def test_stopped_while_asking(world: World, point: str) -> None:
    async with world.life() as first:
        with injected(f"{point}:1:raise"), pytest.raises(FaultInjected):
            await first.ask()
    world.clock.passes(timedelta(minutes=2))  # its lease runs out
    async with world.life() as second, second.watching():
        if point == "gen.before_reserve":
            assert not await second.generations.recent(ADA.guild_id), "nothing was promised"
            return
        (made,) = await second.generations.recent(ADA.guild_id)
        made = await second.reached(made.id, *OVER)
        held_and_used = await books(second)
    assert len(world.suno.submissions) <= 1
    surely_known = point in ("gen.after_reserve", "gen.after_store_task")
    assert (made.state, held_and_used) == (("finished", (0, 1)) if surely_known else ("unknown", (1, 0)))


@pytest.mark.parametrize("point", ASKING[2:5])
async def test_a_callback_finds_what_the_crash_left_unknown(world: World, point: str) -> None:
    async with world.life() as first:
        with injected(f"{point}:1:raise"), pytest.raises(FaultInjected):
            await first.ask()
    taken = bool(world.suno.submissions)
    async with world.life() as second:
        (made,) = await second.generations.recent(ADA.guild_id)
        (attempt,) = await second.attempts(made.id)
        await second.generations.nudge(attempt.id, f"{1:032x}")  # while the row still says that it is being sent
        world.clock.passes(timedelta(minutes=2))
        async with second.watching():
            made = await second.reached(made.id, *(OVER[:2] if taken else OVER))
    assert made.state == ("finished" if taken else "unknown")
    assert len(world.suno.submissions) == taken


@pytest.mark.parametrize("point", FOLLOWING)
async def test_stopped_while_following(world: World, point: str) -> None:
    async with world.life() as first:
        made = await first.ask()
        with injected(f"{point}:1+:raise"):
            async with first.watching():
                with anyio.fail_after(20):
                    while (await first.generations.book.read(made.id)).row.lease_until is None:
                        await anyio.sleep(0.01)
    world.clock.passes(timedelta(minutes=2))
    async with world.life() as second, second.watching():
        made = await second.reached(made.id, *OVER)
        assert await books(second) == (0, 1)
    assert made.state == "finished"
    assert [song.state for song in made.songs] == ["ready", "ready"]
    assert len(world.suno.submissions) == 1


async def test_a_clock_that_jumps_ahead_loses_nothing_and_pays_once(world: World) -> None:
    """A year passes between two looks: the wish is given up in words, not asked for anew."""
    async with world.life() as first:
        made = await first.ask()
    world.clock.passes(timedelta(days=365))
    async with world.life() as second, second.watching():
        made = await second.reached(made.id, *OVER)
    assert made.state in ("finished", "failed")
    assert len(world.suno.submissions) == 1


async def test_a_clock_that_jumps_back_loses_nothing_and_pays_once(world: World) -> None:
    async with world.life() as first:
        made = await first.ask()
        world.clock.passes(-timedelta(days=1))
        async with first.watching():
            made = await first.reached(made.id, *OVER)
    assert made.state == "finished"
    assert len(world.suno.submissions) == 1


async def test_nobody_resubmits_an_unknown_however_long_it_lies(world: World) -> None:
    async with world.life() as first:
        with injected("gen.after_post_before_store:1:raise"), pytest.raises(FaultInjected):
            await first.ask()
        (made,) = await first.generations.recent(ADA.guild_id)
    for _ in range(4):
        world.clock.passes(timedelta(seconds=UNDECIDED_AFTER_S))
        async with world.life() as life, life.watching():
            await life.reached(made.id, "unknown")
            await life.generations.reconciler.look()
    async with world.life() as last:
        assert (await last.generations.get(made.id)).needs_decision
    assert len(world.suno.submissions) == 1
