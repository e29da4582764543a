"""The clock of leases and due times: the database's own, so that a process whose clock is wrong harms nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from conductr_store import Store

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
DATABASES_NOW = {
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "postgresql": "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}


async def asked(store: Store) -> datetime:
    """What the database says itself."""
    async with store._engine.connect() as connection:
        words = (await connection.execute(text(DATABASES_NOW[connection.dialect.name]))).scalar_one()
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
async def test_rows_are_due_by_the_databases_clock_whatever_zone_it_is_set_to(shared: Store, zone: str) -> None:
    before = await asked(shared)
    async with shared.begin() as tx:
        if shared.place.startswith("PostgreSQL"):
            await tx.jobs._link.run(text(f"SET LOCAL TIME ZONE '{zone}'"))
        job = await tx.jobs.put("walk", "1", due_in=timedelta(days=30, milliseconds=5))
        earlier = await tx.jobs.put("walk", "2", due_in=timedelta(milliseconds=-1500))
    after = await asked(shared)
    assert before <= job.created_at <= after
    assert job.due_at - job.created_at == timedelta(days=30, milliseconds=5)
    assert earlier.created_at - earlier.due_at == timedelta(milliseconds=1500)


async def test_time_goes_on_within_a_transaction(shared: Store) -> None:
    async with shared.begin() as tx:
        first = await tx.jobs.put("walk", "1")
        later = [(await tx.jobs.put("walk", str(number))).created_at for number in range(2, 50)]
    assert later[-1] > first.created_at
    assert later == sorted(later)


async def test_a_store_with_a_clock_of_its_own_goes_by_that(shared_url: str, shared: Store) -> None:
    async with Store.open(shared_url, now=lambda: NOON) as store, store.begin() as tx:
        job = await tx.jobs.put("walk", "1", due_in=timedelta(microseconds=1))
        assert (job.created_at, job.due_at) == (NOON, NOON + timedelta(microseconds=1))
        assert await tx.jobs.claim(["walk"], "w", timedelta(seconds=1), 1) == ()
    async with shared.begin() as tx:  # by the database's own it is due long since
        assert len(await tx.jobs.claim(["walk"], "w", timedelta(seconds=1), 1)) == 1
