"""Another gateway is asked only where the first surely took nothing; where none is up, wishes wait in line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from support.saga import ADA, Life, World

from conductr_store import AttemptState
from suno_client import Maintenance, NotSent, OutOfCredits, PromptRejected, SunoError, Unanswered
from suno_client.testing import FakeSuno, Fault, Loss, envelope

pytestmark = pytest.mark.anyio

DOWN = Loss("refused")
UNDER_WAY = AttemptState.SUBMITTING
LOST = Loss("reset", accepted=True)
CLOSED = envelope(455, "closed for maintenance")
POOR = envelope(429, "The current credits are insufficient. Please top up.")
REJECTED = envelope(400, "The prompt contains artist names")
HASTE = envelope(430, "Your call frequency is too high. Please try again later.")


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as life:
        yield life


@pytest.mark.parametrize(
    ("fault", "error"), [(DOWN, NotSent), (CLOSED, Maintenance), (POOR, OutOfCredits)], ids=["down", "closed", "poor"]
)
async def test_the_next_gateway_is_asked_where_one_surely_took_nothing(
    world: World, fault: Fault, error: type[SunoError]
) -> None:
    world.sunos["kie"] = FakeSuno(dialect="kie")
    world.suno.faults["submit"].extend([fault] * 3)
    async with world.life() as life:
        made = await life.ask()
        first, second = await life.attempts(made.id)
    assert made.state == "submitted", error
    assert [(first.provider, first.state), (second.provider, second.state)] == [
        ("sunoapi", AttemptState.REJECTED),
        ("kie", AttemptState.ACCEPTED),
    ]
    assert (len(world.suno.submissions), len(world.sunos["kie"].submissions)) == (0, 1)


async def test_no_other_gateway_is_asked_where_one_may_have_taken_it(world: World) -> None:
    world.sunos["kie"] = FakeSuno(dialect="kie")
    world.suno.faults["submit"].append(LOST)
    async with world.life() as life:
        with pytest.raises(Unanswered):
            await life.ask()
        async with life.watching():
            (made,) = await life.generations.recent(ADA.guild_id)
            world.clock.passes(timedelta(hours=1))
            await anyio.wait_all_tasks_blocked()
    assert made.state == "unknown"
    assert (len(world.suno.submissions), len(world.sunos["kie"].submissions)) == (1, 0)


async def test_what_moderation_refuses_is_not_carried_to_the_next_gateway(world: World) -> None:
    world.sunos["kie"] = FakeSuno(dialect="kie")
    world.suno.faults["submit"].append(REJECTED)
    async with world.life() as life:
        with pytest.raises(PromptRejected):
            await life.ask()
    assert not world.sunos["kie"].submissions


async def test_a_closed_gateway_keeps_wishes_in_line_until_it_opens(world: World, life: Life) -> None:
    world.suno.faults["submit"].append(CLOSED)
    made = await life.ask()
    assert (made.state, made.place) == ("requested", 1)
    later = await life.ask("two")
    assert (later.state, later.place) == ("requested", 2)
    async with life.watching():
        with anyio.fail_after(20):
            while len(world.suno.submissions) < 2:  # the first finds out that it is open
                world.clock.passes(timedelta(seconds=5))
                life.generations.wake()
                await anyio.sleep(0.01)
        for one in (made, later):
            await life.reached(one.id, "submitted", "composing", "finished")
    assert len(world.suno.submissions) == 2


async def test_haste_waits_and_is_a_new_attempt_each_time(world: World, life: Life) -> None:
    world.suno.faults["submit"].extend([HASTE] * 2)
    made = await life.ask()
    assert made.state == "requested"
    async with life.watching():
        with anyio.fail_after(20):
            for number in (2, 3):
                world.clock.passes(timedelta(seconds=15))
                life.generations.wake()
                while [one.state for one in await life.attempts(made.id)][number - 1 :] in ([], [UNDER_WAY]):
                    await anyio.sleep(0.01)
        await life.reached(made.id, "submitted", "composing", "finished")
    states = [attempt.state for attempt in await life.attempts(made.id)]
    assert states == [AttemptState.REJECTED, AttemptState.REJECTED, AttemptState.ACCEPTED]
