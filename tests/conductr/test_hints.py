"""A hint that is true is never thrown away, whatever the gateway says first; and hints cost only so much."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import anyio.lowlevel
import httpx
import pytest
from attrs import define, field
from support.saga import ADA, Life, World

from conductr import GenerationView
from conductr.gateways import Gateway
from conductr.making.looks import Looks
from conductr.making.reconciling import HINT, HINT_AGAIN_AT_MOST, HINTS
from conductr.making.verdicts import UNDECIDED_AFTER_S
from conductr_store import JobState
from suno_client import Polling, SunoClient, SunoError, TaskId
from suno_client.testing import BASE_URL, FakeSuno, Loss, Reply, envelope

pytestmark = pytest.mark.anyio

TASK = f"{1:032x}"
NOT_NOW = [
    envelope(429, "slow down"),
    envelope(455, "Maintenance"),
    envelope(401, "You do not have access permissions"),
    envelope(430, "Insufficient credits"),
    Reply("<html>", 502),
    Reply("no JSON"),
    envelope(200, "success", None),  # its record is not there yet
]


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as life:
        yield life


async def lost(world: World, life: Life) -> GenerationView:
    """A wish that Suno took, and whose answer did not come."""
    world.suno.faults["submit"].append(Loss("reset", accepted=True))
    with pytest.raises(SunoError):
        await life.ask()
    return (await life.generations.recent(ADA.guild_id))[0]


@define(eq=False)
class Gate(httpx.AsyncBaseTransport):
    """A gateway that answers only when it is let."""

    suno: FakeSuno
    opened: anyio.Event = field(factory=anyio.Event)
    came: anyio.Event = field(factory=anyio.Event)
    arrived: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.arrived += 1
        self.came.set()
        await self.opened.wait()
        return await self.suno.http().send(request)

    def client(self) -> SunoClient:
        seldom = Polling(first_s=3_600, max_s=3_600, floor_s=0, keep_s=0)
        return SunoClient(self.suno.key, base_url=BASE_URL, http=httpx.AsyncClient(transport=self), polling=seldom)


async def state_of(life: Life, generation_id: str) -> str:
    return (await life.generations.get(generation_id)).state


@pytest.mark.parametrize("answer", NOT_NOW)
async def test_a_gateway_that_cannot_tell_now_is_asked_again(world: World, life: Life, answer: Reply) -> None:
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    world.suno.faults["look"].extend([answer] * 20)
    await life.generations.nudge(attempt.id, TASK)
    await life.generations.reconciler.look()
    assert await state_of(life, made.id) == "unknown"
    world.suno.faults["look"].clear()
    world.clock.passes(timedelta(seconds=20))
    await life.generations.reconciler.look()
    assert await state_of(life, made.id) == "submitted"


@pytest.mark.parametrize("ended", [JobState.FAILED, JobState.DONE])
async def test_a_later_callback_takes_up_a_hint_that_was_given_up(world: World, life: Life, ended: JobState) -> None:
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    await life.generations.nudge(attempt.id, TASK)
    async with life.store.begin() as tx:
        (hint,) = await tx.jobs.claim([HINT], "somebody", HINT_AGAIN_AT_MOST, 1)
        if ended is JobState.DONE:
            await tx.jobs.done(hint.id, hint.lease_epoch)
        else:
            await tx.jobs.fail(hint.id, hint.lease_epoch, "for good, it thought")
    await life.generations.reconciler.look()
    assert await state_of(life, made.id) == "unknown"
    await life.generations.nudge(attempt.id, TASK)
    await life.generations.reconciler.look()
    assert await state_of(life, made.id) == "submitted"


async def test_a_nonce_is_good_for_a_few_looks_with_our_key_and_no_more(world: World, life: Life) -> None:
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    asked = len(world.suno.asked)
    for number in range(50):
        await life.generations.nudge(attempt.id, f"{0xF000 + number:032x}")
        await life.generations.reconciler.look()
    assert len(world.suno.asked) - asked == HINTS <= 4
    assert await state_of(life, made.id) == "unknown"


async def test_a_hint_that_breaks_does_not_keep_the_others_waiting(
    world: World, life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    made = await lost(world, life)
    (attempt,) = await life.attempts(made.id)
    async with life.store.begin() as tx:
        await tx.jobs.put(HINT, "broken", {"attempt": "nobody", "task": TASK})
    world.clock.passes(timedelta(seconds=1))
    await life.generations.nudge(attempt.id, TASK)
    await life.generations.reconciler.look()
    assert await state_of(life, made.id) == "submitted"
    assert "could not be looked after" in caplog.text


async def test_a_balance_that_never_comes_does_not_keep_a_person_waiting(world: World, life: Life) -> None:
    made = await lost(world, life)
    reconciler = life.generations.reconciler
    reconciler.credit_within_s = 0.05
    async with Gate(world.suno).client() as silent:
        life.gateways.own = (Gateway("sunoapi", silent),)
        world.clock.passes(timedelta(seconds=UNDECIDED_AFTER_S + 1))
        with anyio.fail_after(20):
            await reconciler.look()
    assert (await life.generations.get(made.id)).needs_decision


async def test_calls_while_a_look_is_under_way_do_not_start_it_anew() -> None:
    gate = Gate(FakeSuno())
    async with gate.suno.client() as suno:
        task = await suno.generations.create("rain")
    async with gate.client() as client, anyio.create_task_group() as callers:
        looks = Looks(client, TaskId(task.id), 600)

        async def call() -> None:
            await gate.came.wait()
            for _ in range(50):
                looks.ring()
                await anyio.lowlevel.checkpoint()
            gate.opened.set()

        callers.start_soon(call)
        with anyio.fail_after(20):
            await anext(looks)
            assert gate.arrived == 1
            await anext(looks)  # once more after the calls, and not an hour later
            assert gate.arrived == 2
