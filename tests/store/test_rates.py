"""How fast submissions go out with one key: counted over all processes, so that a gateway never sees too many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import anyio
import pytest
from attrs import define
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductr_store import AttemptState, Store
from conductr_store.testing import A_GUILD, a_generation, put_people

pytestmark = pytest.mark.anyio

WITHIN_S = 10.0


async def begin(store: Store, *, key_id: str | None = None, provider: str = "kie", at_most: int = 3) -> float:
    """One attempt where there is a place for it; else the seconds to wait."""
    async with store.begin() as tx:
        wait_s = await tx.rates.wait_s(provider, key_id, at_most=at_most, within_s=WITHIN_S)
        if not wait_s:
            row = await tx.generations.add(a_generation())
            await tx.attempts.begin(row.id, provider=provider, nonce_hash=row.id, key_id=key_id)
        return wait_s


async def test_so_many_go_at_once_and_the_next_is_told_how_long_to_wait(store: Store) -> None:
    assert [await begin(store) for _ in range(3)] == [0, 0, 0]
    assert 0 < await begin(store) <= WITHIN_S


async def test_each_key_of_each_provider_is_counted_by_itself(store: Store) -> None:
    for _ in range(3):
        await begin(store)
    assert await begin(store, key_id="a member's") == 0
    assert await begin(store, provider="sunoapi") == 0
    assert await begin(store) > 0


async def test_a_key_is_busy_while_an_attempt_with_it_waits_for_its_answer(store: Store) -> None:
    async def busy(key_id: str | None = None) -> bool:
        async with store.begin() as tx:
            return await tx.rates.busy("kie", key_id, within_s=WITHIN_S)

    assert not await busy()
    await begin(store)
    assert (await busy(), await busy("a member's")) == (True, False)
    async with store.begin() as tx:
        (row,) = await tx.generations.of_guild(A_GUILD.id, 1)
        (attempt,) = await tx.attempts.of_generation(row.id)
        await tx.attempts.settle(attempt.id, AttemptState.REJECTED)
    assert not await busy()


async def test_many_stores_on_one_database_together_begin_no_more_than_one_would(url: str) -> None:
    begun: list[float] = []

    async def worker() -> None:
        async with Store.open(url) as store:
            begun.extend([await begin(store, at_most=7) for _ in range(4)])

    async with Store.open(url) as store, store.begin() as tx:
        await put_people(tx)
    async with anyio.create_task_group() as workers:
        for _ in range(4):
            workers.start_soon(worker)
    assert sum(not wait_s for wait_s in begun) == 7


@define
class Clock:
    now: datetime = datetime(2026, 11, 27, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(clock: Clock) -> AsyncIterator[Store]:
    async with Store.open("sqlite://", now=clock) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.floats(0.0, 4.0), min_size=1, max_size=20), at_most=st.integers(1, 4))
async def test_no_window_ever_holds_more_and_nobody_waits_longer_than_told(
    timed: Store, clock: Clock, pauses: list[float], at_most: int
) -> None:
    key_id, begun = uuid4().hex, list[datetime]()
    for pause_s in pauses:
        clock.now += timedelta(seconds=pause_s)
        if wait_s := await begin(timed, key_id=key_id, at_most=at_most):
            clock.now += timedelta(seconds=wait_s)
            assert await begin(timed, key_id=key_id, at_most=at_most) == 0
        begun.append(clock.now)
    for first, beyond in zip(begun, begun[at_most:], strict=False):
        assert beyond - first >= timedelta(seconds=WITHIN_S) - timedelta(milliseconds=1)
