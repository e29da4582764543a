"""Leases: one owner a guild at a time, and what an owner of before writes late is not written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio
import pytest

from conductr_store import Guild, Lease, LeaseLost, Orphan, QueueSnapshot, Store
from conductr_store.testing import A_GUILD

pytestmark = pytest.mark.anyio

LEASE = timedelta(seconds=15)
OVER = timedelta(seconds=-1)  # a lease that has ended before it began: its owner hangs


async def acquire(store: Store, owner: str, lease: timedelta = LEASE, guild_id: int = A_GUILD.id) -> Lease | None:
    async with store.begin() as tx:
        return await tx.leases.acquire(guild_id, owner, lease)


async def held(store: Store, owner: str, lease: timedelta = LEASE, guild_id: int = A_GUILD.id) -> Lease:
    one = await acquire(store, owner, lease, guild_id)
    assert one is not None
    return one


async def save(store: Store, seq: int, epoch: int | None) -> bool:
    async with store.begin() as tx:
        return await tx.queues.save(QueueSnapshot(A_GUILD.id, seq, 0.0, {"seq": seq}), epoch=epoch)


async def test_a_guild_has_one_owner_until_its_lease_ends(shared: Store) -> None:
    first = await held(shared, "a")
    assert (first.owner, first.epoch) == ("a", 1)
    assert abs(first.until - datetime.now(UTC) - LEASE) < timedelta(minutes=1)
    assert await acquire(shared, "b") is None
    async with shared.begin() as tx:
        assert await tx.leases.of_guild(A_GUILD.id) == first
        assert await tx.leases.of_guild(404) is None
    with pytest.raises(Orphan):
        await acquire(shared, "a", guild_id=404)


async def test_a_lease_that_ended_goes_to_who_asks_under_a_new_epoch(shared: Store) -> None:
    await held(shared, "a", OVER)
    second = await held(shared, "b")
    assert (second.owner, second.epoch) == ("b", 2)
    assert await acquire(shared, "a") is None


async def test_an_owner_that_starts_anew_shuts_out_what_it_was_before(shared: Store) -> None:
    before = await held(shared, "a")
    after = await held(shared, "a")
    assert after.epoch == before.epoch + 1
    async with shared.begin() as tx:
        assert await tx.leases.renew([before], LEASE) == ()
    with pytest.raises(LeaseLost):
        await save(shared, 1, before.epoch)


async def test_many_guilds_are_renewed_in_one_go_and_the_lost_ones_are_missing(shared: Store) -> None:
    async with shared.begin() as tx:
        for guild_id in (12, 13):
            await tx.guilds.put(Guild(guild_id, "another"))
    mine = [await held(shared, "a", OVER, guild_id) for guild_id in (A_GUILD.id, 12, 13)]
    await held(shared, "b", guild_id=12)
    async with shared.begin() as tx:
        assert await tx.leases.renew([], LEASE) == ()
        renewed = await tx.leases.renew(mine, LEASE)
    assert [(one.guild_id, one.epoch) for one in renewed] == [(A_GUILD.id, 1), (13, 1)]
    assert all(one.until > datetime.now(UTC) for one in renewed)
    assert await acquire(shared, "b") is None


async def test_a_guild_that_is_released_is_free_at_once_and_its_epoch_goes_on(shared: Store) -> None:
    first = await held(shared, "a")
    async with shared.begin() as tx:
        assert await tx.leases.release(first)
        assert not await tx.leases.release(first)
    second = await held(shared, "b")
    assert second.epoch == 2
    async with shared.begin() as tx:
        assert not await tx.leases.release(first)
    assert await acquire(shared, "c") is None


async def test_what_an_old_owner_writes_late_is_not_written(shared: Store) -> None:
    hung = await held(shared, "a", OVER)
    assert await save(shared, 1, hung.epoch)  # nobody else has it: still its own
    owner = await held(shared, "b")
    with pytest.raises(LeaseLost) as caught:
        await save(shared, 2, hung.epoch)
    assert caught.value.owner == "b"
    async with shared.begin() as tx:
        with pytest.raises(LeaseLost):
            await tx.queues.record(
                A_GUILD.id,
                command_id="late",
                kind="skip",
                data={},
                snapshot=QueueSnapshot(A_GUILD.id, 3, 0.0, {}),
                epoch=hung.epoch,
            )
        assert await tx.queues.events(A_GUILD.id) == ()
        kept = await tx.queues.load(A_GUILD.id)
    assert kept is not None
    assert kept.seq == 1
    assert await save(shared, 2, owner.epoch)


async def test_without_a_lease_no_epoch_is_right(shared: Store) -> None:
    with pytest.raises(LeaseLost):
        await save(shared, 1, 1)


async def test_a_guild_is_not_taken_over_amid_its_owners_write(shared: Store) -> None:
    hung = await held(shared, "a", OVER)
    order: list[str] = []
    inside, taken = anyio.Event(), anyio.Event()

    async def write() -> None:
        async with shared.begin() as tx:
            await tx.queues.save(QueueSnapshot(A_GUILD.id, 1, 0.0, {}), epoch=hung.epoch)
            inside.set()
            with anyio.move_on_after(0.3):  # long enough for one that does not wait for this transaction
                await taken.wait()
            order.append("written")

    async def take_over() -> None:
        await inside.wait()
        await held(shared, "b")
        order.append("taken over")
        taken.set()

    async with anyio.create_task_group() as group:
        group.start_soon(write)
        group.start_soon(take_over)
    assert order == ["written", "taken over"]
