"""Seats: a guild is played for by one process, and its channel is found again by the next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conductr.seats import LEASE, Seats
from conductr_store import Store

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    async with Store.open(f"sqlite:///{tmp_path}/conductr.db", now=clock) as opened:
        yield opened


async def kept(seats: Seats) -> list[tuple[int, int]]:
    return [(seat.guild_id, seat.channel_id) for seat in await seats.kept()]


async def test_a_seat_is_taken_moved_and_left(store: Store) -> None:
    seats = Seats(store)
    assert await seats.take(7, "Guild", 1, "shard 0") == 1
    assert await seats.take(7, "Guild", 2, "shard 0") == 1  # the lease that we have
    assert await kept(seats) == [(7, 2)]
    await seats.move(7, 3)
    assert await kept(seats) == [(7, 3)]
    await seats.rise(7)
    assert await kept(seats) == []
    assert await Seats(store).take(7, "Guild", 1, "shard 1") == 2  # let go: anybody may have it at once


async def test_after_a_crash_the_same_shard_takes_over_at_once_and_the_old_process_loses_all(store: Store) -> None:
    lost = list[int]()
    old, new = Seats(store, lost.append), Seats(store)
    await old.take(7, "Guild", 1, "shard 0")
    assert await new.take(7, "Guild", 2, "shard 0") == 2
    await old.renew()
    assert lost == [7]
    await old.rise(7)  # what it gives up is no longer its own
    assert await kept(new) == [(7, 2)]
    await old.renew()
    assert lost == [7]


async def test_another_shard_waits_until_the_lease_has_run_out(store: Store, clock: Clock) -> None:
    first, second = Seats(store), Seats(store)
    await first.take(7, "Guild", 1, "shard 0")
    assert await second.take(7, "Guild", 2, "shard 1") is None
    await second.rise(7)
    assert await kept(first) == [(7, 1)]
    clock.now += LEASE - timedelta(seconds=1)
    await first.renew()
    clock.now += timedelta(seconds=2)
    assert await second.take(7, "Guild", 2, "shard 1") is None
    clock.now += LEASE
    assert await second.take(7, "Guild", 2, "shard 1") == 2


async def test_a_drained_seat_is_kept_for_the_next_process(store: Store) -> None:
    seats = Seats(store)
    await seats.take(7, "Guild", 1, "shard 0")
    await seats.let_go(7)
    await seats.let_go(7)
    assert await kept(seats) == [(7, 1)]


async def test_a_store_that_is_away_costs_no_seat(tmp_path: Path) -> None:
    lost = list[int]()
    async with Store.open(f"sqlite:///{tmp_path}/conductr.db", busy_timeout_s=0.05) as store:
        seats = Seats(store, lost.append)
        await seats.take(7, "Guild", 1, "shard 0")
        async with Store.open(f"sqlite:///{tmp_path}/conductr.db") as other, other.begin() as tx:
            await tx.voices.identify(0)  # holds the only lock for writing
            await seats.renew()
        assert lost == []
        await seats.renew()
        assert lost == []
