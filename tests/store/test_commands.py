"""Commands: each is known by its id, taken by one, and answered once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductr_store import Command, CommandStatus, Conflict, Guild, LeaseLost, NotFound, Orphan, Settled, Store
from conductr_store.testing import A_GUILD, A_USER

pytestmark = pytest.mark.anyio

LEASE = timedelta(seconds=30)
OVER = timedelta(seconds=-1)  # a lease that has ended before it began


async def add(store: Store, id: str = "c1", guild_id: int = A_GUILD.id, **args: object) -> Command:  # noqa: A002
    async with store.begin() as tx:
        return await tx.commands.add(id, guild_id, A_USER.id, "skip", args)


async def take(store: Store, owner: str = "bot", lease: timedelta = LEASE, limit: int = 10) -> tuple[Command, ...]:
    async with store.begin() as tx:
        return await tx.commands.take(owner, lease, limit)


async def test_a_command_is_kept_once_and_its_repeat_is_told_how_far_it_is(shared: Store) -> None:
    first = await add(shared, entry="e1")
    assert (first.status, first.args, first.result) == (CommandStatus.WAITING, {"entry": "e1"}, None)
    assert await add(shared, entry="e1") == first
    assert (await add(shared, "c2", order=(1, 2))).args == (await add(shared, "c2", order=[1, 2])).args
    async with shared.begin() as tx:
        done = await tx.commands.settle("c1", CommandStatus.DONE, {"track": "t"})
    assert await add(shared, entry="e1") == done
    assert (done.status, done.result) == (CommandStatus.DONE, {"track": "t"})
    assert done.settled_at is not None


async def test_an_id_is_for_one_command(shared: Store) -> None:
    await add(shared, entry="e1")
    with pytest.raises(Conflict, match="c1"):
        await add(shared, entry="e2")


async def test_a_command_needs_its_guild_and_what_is_not_there_is_said(shared: Store) -> None:
    with pytest.raises(Orphan):
        await add(shared, guild_id=404)
    async with shared.begin() as tx:
        with pytest.raises(NotFound):
            await tx.commands.settle("404", CommandStatus.DONE)
        with pytest.raises(ValueError, match="taken is no answer"):
            await tx.commands.settle("404", CommandStatus.TAKEN)


async def test_commands_are_taken_in_their_order_and_each_by_one(shared: Store) -> None:
    for number in range(5):
        await add(shared, f"c{number}")
    first = await take(shared, limit=3)
    assert [command.id for command in first] == ["c0", "c1", "c2"]
    assert {(command.status, command.lease_owner) for command in first} == {(CommandStatus.TAKEN, "bot")}
    assert [command.id for command in await take(shared, "other")] == ["c3", "c4"]
    assert await take(shared) == ()


async def test_an_owner_takes_only_for_its_guilds(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.guilds.put(Guild(12, "next door"))
    await add(shared, "c1")
    await add(shared, "c2", 12)
    async with shared.begin() as tx:
        assert await tx.commands.take("bot", LEASE, 10, []) == ()
        assert [command.id for command in await tx.commands.take("bot", LEASE, 10, [12, 404])] == ["c2"]
        assert [command.id for command in await tx.commands.take("bot", LEASE, 10)] == ["c1"]


async def test_a_command_whose_taker_hangs_is_taken_anew_and_the_late_answer_is_refused(shared: Store) -> None:
    await add(shared)
    (hung,) = await take(shared, "bot", OVER)
    (command,) = await take(shared, "other")
    assert command.lease_epoch == hung.lease_epoch + 1
    async with shared.begin() as tx:
        with pytest.raises(LeaseLost) as caught:
            await tx.commands.settle("c1", CommandStatus.DONE, {"late": True}, epoch=hung.lease_epoch)
        assert caught.value.owner == "other"
        done = await tx.commands.settle("c1", CommandStatus.DONE, {"late": False}, epoch=command.lease_epoch)
    assert (done.result, done.lease_owner, done.lease_until) == ({"late": False}, None, None)
    assert await take(shared) == ()


async def test_the_first_answer_stands(shared: Store) -> None:
    await add(shared)
    async with shared.begin() as tx:
        first = await tx.commands.settle("c1", CommandStatus.REFUSED, {"why": "nothing plays"})
        assert await tx.commands.settle("c1", CommandStatus.REFUSED, {"why": "other words"}) == first
        with pytest.raises(Settled, match="refused already"):
            await tx.commands.settle("c1", CommandStatus.DONE)
        assert await tx.commands.get("c1") == first


async def test_only_what_was_answered_long_ago_is_forgotten(shared: Store) -> None:
    await add(shared, "c1")
    await add(shared, "c2")
    async with shared.begin() as tx:
        await tx.commands.settle("c1", CommandStatus.DONE)
        assert await tx.commands.prune(timedelta(hours=1)) == 0
        assert await tx.commands.prune(timedelta(0)) == 1
        with pytest.raises(NotFound):
            await tx.commands.get("c1")
        assert (await tx.commands.get("c2")).status is CommandStatus.WAITING
