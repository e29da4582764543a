"""Billing: an event is worked on once, however often it comes, and the plan is what Stripe said last."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import anyio
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductr_store import Conflict, NotFound, Orphan, Store, User
from conductr_store.records import FREE, StripeEvent, Subscription, plan_by
from conductr_store.testing import A_USER

from .clock import NOON

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)
EVENT = StripeEvent(id="evt_1", type="customer.subscription.updated", subject="sub_1", received_at=NOON)
BAND = Subscription(
    id="sub_1",
    user_id=A_USER.id,
    customer_id="cus_1",
    plan="band",
    status="active",
    period_start=NOON,
    period_end=NOON + timedelta(days=30),
    fetched_at=NOON,
)
STATUSES = ("active", "trialing", "past_due", "incomplete", "unpaid", "paused", "canceled", "incomplete_expired")


async def plan_of(shared: Store) -> str:
    async with shared.begin() as tx:
        return (await tx.users.get(A_USER.id)).plan


async def test_an_event_that_comes_again_is_known(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.billing.receive(EVENT)
        assert not await tx.billing.receive(evolve(EVENT, type="other"))
    async with shared.begin() as tx:
        assert await tx.billing.waiting(10) == (EVENT,)


async def test_of_twenty_copies_at_once_one_is_new_and_one_is_worked_on(shared: Store) -> None:
    new: list[bool] = []
    taken: list[bool] = []

    async def deliver() -> None:
        async with shared.begin() as tx:
            new.append(await tx.billing.receive(EVENT))

    async def work() -> None:
        async with shared.begin() as tx:
            taken.append(await tx.billing.process(EVENT.id))

    for step in (deliver, work):
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(step)
    assert (sorted(new), sorted(taken)) == ([False] * 19 + [True],) * 2


async def test_work_that_breaks_off_leaves_the_event_waiting(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.billing.receive(EVENT)
    with suppress(RuntimeError):
        async with shared.begin() as tx:
            assert await tx.billing.process(EVENT.id)
            raise RuntimeError
    async with shared.begin() as tx:
        assert await tx.billing.waiting(10) == (EVENT,)
        assert await tx.billing.process(EVENT.id)
        assert await tx.billing.waiting(10) == ()
        with pytest.raises(NotFound, match="evt_404"):
            await tx.billing.process("evt_404")


async def test_events_wait_in_the_order_in_which_they_came_and_old_ones_go(shared: Store) -> None:
    async with shared.begin() as tx:
        for number in (2, 1, 3):
            await tx.billing.receive(evolve(EVENT, id=f"evt_{number}", received_at=NOON + number * SECOND))
        assert [each.id for each in await tx.billing.waiting(2)] == ["evt_1", "evt_2"]
        assert await tx.billing.waiting(-1) == ()
        await tx.billing.process("evt_1")
        assert await tx.billing.prune(NOON) == 0
        assert await tx.billing.prune(NOON + timedelta(days=100_000)) == 1
        assert [each.id for each in await tx.billing.waiting(9)] == ["evt_2", "evt_3"]


async def test_a_subscription_comes_back_and_gives_its_plan(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.billing.save(BAND)
    async with shared.begin() as tx:
        assert await tx.billing.get("sub_1") == BAND
        assert await tx.billing.of_user(A_USER.id) == (BAND,)
        with pytest.raises(NotFound, match="sub_404"):
            await tx.billing.get("sub_404")
    assert await plan_of(shared) == "band"
    with pytest.raises(Orphan):
        async with shared.begin() as tx:
            await tx.billing.save(evolve(BAND, id="sub_2", user_id=404))


@pytest.mark.parametrize("status", STATUSES)
def test_a_plan_lasts_as_long_as_stripe_collects_for_it(status: str) -> None:
    paying = status in {"active", "trialing", "past_due"}
    assert plan_by((evolve(BAND, status=status),)) == ("band" if paying else FREE)
    assert evolve(BAND, status=status).live == (status not in {"canceled", "incomplete_expired"})


def test_of_two_that_are_paid_the_newer_counts() -> None:
    newer = evolve(BAND, id="sub_2", plan="orchestra", fetched_at=NOON + SECOND)
    assert plan_by((newer, BAND)) == plan_by((BAND, newer)) == "orchestra"
    assert plan_by((evolve(newer, status="canceled"), BAND)) == "band"
    assert plan_by(()) == FREE


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(4)), statuses=st.lists(st.sampled_from(STATUSES), min_size=4, max_size=4))
async def test_the_newest_answer_holds_in_whatever_order_they_are_saved(
    shared: Store, order: list[int], statuses: list[str]
) -> None:
    answers = [
        evolve(BAND, status=status, plan=f"plan-{number}", fetched_at=NOON + number * SECOND)
        for number, status in enumerate(statuses)
    ]
    with suppress(RuntimeError):
        async with shared.begin() as tx:
            highest = -1
            for number in order:
                assert await tx.billing.save(answers[number]) == (number > highest)
                highest = max(highest, number)
            assert await tx.billing.of_user(A_USER.id) == (answers[3],)
            assert (await tx.users.get(A_USER.id)).plan == plan_by((answers[3],))
            raise RuntimeError  # so that every example begins anew


async def test_saving_at_once_leaves_the_plan_that_follows_of_what_is_kept(shared: Store) -> None:
    async def save(subscription: Subscription) -> None:
        async with shared.begin() as tx:
            await tx.billing.save(subscription)

    async with anyio.create_task_group() as group:
        for number in range(8):
            ends = evolve(BAND, id=f"sub_{number}", status="canceled", fetched_at=NOON + SECOND)
            group.start_soon(save, evolve(BAND, id=f"sub_{number}"))
            group.start_soon(save, ends)
    assert await plan_of(shared) == FREE


async def test_a_customer_of_stripe_is_one_user(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.billing.customer_of(A_USER.id) is None
        assert await tx.billing.user_of("cus_1") is None
        await tx.billing.name_customer(A_USER.id, "cus_1")
        await tx.billing.name_customer(A_USER.id, "cus_1")
        assert (await tx.billing.customer_of(A_USER.id), await tx.billing.user_of("cus_1")) == ("cus_1", A_USER.id)
        await tx.users.put(User(8, "Grace"))
        with pytest.raises(Conflict, match="cus_1"):
            await tx.billing.name_customer(8, "cus_1")
        await tx.billing.name_customer(A_USER.id, "cus_2")
        assert await tx.billing.user_of("cus_1") is None
