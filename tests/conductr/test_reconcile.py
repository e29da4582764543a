"""A submission whose answer was lost: a callback finds it, or a person decides. It is never sent again by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from support.saga import ADA, Life, World

from conductr import Caller, GenerationView
from conductr.errors import NothingToDecide, NotYours, QuotaReached, StillOpen, TooLate, UnknownGeneration
from conductr.making.verdicts import UNDECIDED_AFTER_S
from conductr_player import Enqueue
from conductr_store import AttemptState
from suno_client import SunoError
from suno_client.testing import Loss

pytestmark = pytest.mark.anyio

LOST, NEVER_CAME = Loss("reset", accepted=True), Loss("reset")
TASK = f"{1:032x}"
LATER = timedelta(seconds=UNDECIDED_AFTER_S + 1)
GIVEN_UP = timedelta(hours=3)


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    world.settings["quota_member_day"] = 5
    async with world.life() as life:
        yield life


async def lost(world: World, life: Life, *, taken: bool = True, key: str = "one") -> GenerationView:
    """A wish whose answer did not come."""
    world.suno.faults["submit"].append(LOST if taken else NEVER_CAME)
    with pytest.raises(SunoError):
        await life.ask(key)
    (unsure,) = [view for view in await life.generations.recent(ADA.guild_id) if view.state == "unknown"]
    return unsure


async def reserved(life: Life) -> tuple[int, int]:
    """How many of the member's songs are held, and how many used."""
    day = life.clock().date().isoformat()
    async with life.store.begin() as tx:
        balance = await tx.ledger.balance(f"member:{ADA.user_id}:{day}")
    assert balance.granted == balance.available + balance.reserved + balance.consumed
    return balance.reserved, balance.consumed


async def decided(world: World, life: Life, made: GenerationView) -> GenerationView:
    """What it says once its time is over."""
    world.clock.passes(LATER)
    async with life.watching():
        with anyio.fail_after(20):
            while not (view := await life.generations.get(made.id)).needs_decision:
                await anyio.sleep(0.01)
    return view


async def test_a_callback_finds_the_task_of_a_lost_answer_and_the_song_still_comes(world: World, life: Life) -> None:
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    async with life.watching():
        await life.generations.nudge(attempt.id, TASK)
        made = await life.reached(made.id, "finished", "failed")
    (attempt,) = await life.attempts(made.id)
    assert (made.state, attempt.state, attempt.task_id) == ("finished", AttemptState.ACCEPTED, TASK)
    assert len(world.suno.submissions) == 1
    assert await reserved(life) == (0, 1)


async def test_a_callback_that_came_before_a_crash_is_not_forgotten(world: World) -> None:
    async with world.life() as first:
        made = await lost(world, first)
        (attempt,) = await first.attempts(made.id)
        await first.generations.nudge(attempt.id, TASK)
    async with world.life() as second, second.watching():
        made = await second.reached(made.id, "finished", "failed")
    assert made.state == "finished"


@pytest.mark.parametrize("told", ["f" * 32, "", "../../etc", None])
async def test_a_task_that_our_own_key_does_not_see_is_not_believed(world: World, life: Life, told: str | None) -> None:
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    await life.generations.nudge(attempt.id, told)
    await life.generations.reconciler.look()
    assert (await life.generations.get(made.id)).state == "unknown"
    (attempt,) = await life.attempts(made.id)
    assert attempt.task_id is None


async def test_a_task_of_another_wish_is_not_taken_for_ones_own(world: World, life: Life) -> None:
    known = await life.ask("known")
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    await life.generations.nudge(attempt.id, TASK)
    await life.generations.reconciler.look()
    assert (await life.generations.get(made.id)).state == "unknown"
    assert (await life.generations.get(known.id)).state == "submitted"


async def test_a_gateway_that_is_away_when_a_callback_came_is_asked_again(world: World, life: Life) -> None:
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    world.suno.faults["look"].extend([Loss("refused")] * 10)  # the client itself tries more than once
    await life.generations.nudge(attempt.id, TASK)
    await life.generations.reconciler.look()
    assert (await life.generations.get(made.id)).state == "unknown"
    world.suno.faults["look"].clear()
    world.clock.passes(timedelta(seconds=20))
    await life.generations.reconciler.look()
    assert (await life.generations.get(made.id)).state == "submitted"


async def test_after_ten_minutes_a_person_has_to_decide_and_nothing_was_sent_again(world: World, life: Life) -> None:
    made = await lost(world, life)
    world.suno.balance -= 12
    made = await decided(world, life, made)
    assert "fell" in (made.reason or "")
    assert len(world.suno.submissions) == 1
    assert await reserved(life) == (1, 0)
    world.clock.passes(GIVEN_UP)
    async with life.watching():
        await anyio.wait_all_tasks_blocked()
    assert len(world.suno.submissions) == 1


async def test_an_unmoved_balance_is_told_but_not_trusted(world: World, life: Life) -> None:
    made = await decided(world, life, await lost(world, life, taken=False))
    assert "did not move" in (made.reason or "")
    assert made.state == "unknown"


async def test_where_others_spent_too_the_balance_says_nothing(world: World, life: Life) -> None:
    made = await lost(world, life)
    await life.ask("other")
    world.suno.balance -= 12
    made = await decided(world, life, made)
    assert "balance" not in (made.reason or "")


async def test_a_person_who_knows_the_task_brings_the_song_back(world: World, life: Life) -> None:
    made = await decided(world, life, await lost(world, life))
    assert (await life.generations.resolve(made.id, accepted=True, task_id=TASK)).state == "submitted"
    async with life.watching():
        assert (await life.reached(made.id, "finished", "failed")).state == "finished"


async def test_a_song_that_was_taken_but_is_lost_is_used_up_and_not_sent_again(world: World, life: Life) -> None:
    made = await lost(world, life)
    assert (await life.generations.resolve(made.id, accepted=True)).state == "failed"
    assert await reserved(life) == (0, 1)
    with pytest.raises(StillOpen):
        await life.generations.again(made.id)


async def test_only_what_was_never_taken_is_sent_again_and_only_when_asked(world: World, life: Life) -> None:
    made = await lost(world, life, taken=False)
    with pytest.raises(StillOpen):
        await life.generations.again(made.id)
    assert (await life.generations.resolve(made.id, accepted=False)).state == "refused"
    assert await reserved(life) == (0, 0)
    assert not world.suno.submissions
    again = await life.generations.again(made.id)
    assert (again.state, await reserved(life)) == ("requested", (1, 0))
    async with life.watching():
        await life.reached(made.id, "finished", "failed")
    states = [attempt.state for attempt in await life.attempts(made.id)]
    assert states == [AttemptState.NOT_ACCEPTED, AttemptState.ACCEPTED]
    assert len(world.suno.submissions) == 1


async def test_what_is_known_leaves_nothing_to_decide(world: World, life: Life) -> None:
    made = await life.ask()
    with pytest.raises(NothingToDecide):
        await life.generations.resolve(made.id, accepted=False)
    with pytest.raises(UnknownGeneration):
        await life.generations.resolve("404", accepted=False)


async def test_cancelled_before_it_was_sent_it_costs_nothing(world: World, life: Life) -> None:
    world.suno.faults["submit"].append(Loss("refused"))
    world.suno.faults["submit"].append(Loss("refused"))
    world.suno.faults["submit"].append(Loss("refused"))
    with pytest.raises(SunoError):
        await life.ask("closes the gateway")
    waiting = await life.ask()
    assert (waiting.state, await reserved(life)) == ("requested", (1, 0))
    cancelled = await life.generations.cancel(ADA, waiting.id)
    assert (cancelled.state, cancelled.cancelled, await reserved(life)) == ("refused", True, (0, 0))
    world.clock.passes(LATER)
    async with life.watching():
        await anyio.wait_all_tasks_blocked()
    assert not world.suno.submissions


async def test_cancelled_on_its_way_its_takes_are_kept_but_not_queued(world: World, life: Life) -> None:
    made = await life.ask()
    assert (await life.generations.cancel(ADA, made.id)).cancelled
    async with life.watching():
        made = await life.reached(made.id, "finished", "failed")
    assert [song.state for song in made.songs] == ["ready", "ready"]
    assert not [command for command in life.player.told if isinstance(command, Enqueue)]
    assert await reserved(life) == (0, 1)


async def test_only_who_asked_cancels_and_not_what_has_ended(world: World, life: Life) -> None:
    made = await life.ask()
    with pytest.raises(NotYours):
        await life.generations.cancel(Caller(8, "Eve", ADA.guild_id, voice_channel_id=5), made.id)
    with pytest.raises(UnknownGeneration):
        await life.generations.cancel(Caller(7, "Ada", 43, voice_channel_id=5), made.id)
    async with life.watching():
        await life.reached(made.id, "finished", "failed")
    with pytest.raises(TooLate):
        await life.generations.cancel(ADA, made.id)


async def test_beyond_the_quota_nothing_is_written_or_sent(world: World, life: Life) -> None:
    for number in range(5):
        await life.ask(f"wish {number}")
    with pytest.raises(QuotaReached):
        await life.ask("one more")
    assert len(world.suno.submissions) == len(await life.generations.recent(ADA.guild_id)) == 5
    assert await reserved(life) == (5, 0)


async def test_a_song_that_failed_is_not_counted(world: World, life: Life) -> None:
    world.suno.steps = ("PENDING", {"status": "SENSITIVE_WORD_ERROR"})
    made = await life.ask()
    async with life.watching():
        made = await life.reached(made.id, "finished", "failed")
    assert (made.state, await reserved(life)) == ("failed", (0, 0))
