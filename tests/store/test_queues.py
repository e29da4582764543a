"""Queues: a command changes the snapshot and is in the log, both or neither, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductr_store import Changed, Conflict, Guild, Orphan, QueueEvent, QueueSnapshot, Store
from conductr_store.faults import FaultInjected, injected
from conductr_store.testing import A_GUILD

pytestmark = pytest.mark.anyio

HERE = A_GUILD.id


def snapshot(seq: int, *tracks: str, guild_id: int = HERE) -> QueueSnapshot:
    return QueueSnapshot(guild_id, seq, 0.5, {"tracks": list(tracks)})


async def record(store: Store, command_id: str, to: QueueSnapshot, expected: int | None = None) -> int:
    async with store.begin() as tx:
        return await tx.queues.record(
            to.guild_id,
            command_id=command_id,
            kind="add",
            data={"by": command_id},
            snapshot=to,
            expected_version=expected,
        )


async def stored(store: Store, guild_id: int = HERE) -> tuple[QueueSnapshot | None, tuple[QueueEvent, ...]]:
    async with store.begin() as tx:
        return await tx.queues.load(guild_id), await tx.queues.events(guild_id)


async def test_each_command_makes_the_next_version_and_is_in_the_log(shared: Store) -> None:
    assert [await record(shared, f"c{number}", snapshot(number, f"t{number}")) for number in (1, 2, 3)] == [1, 2, 3]
    kept, events = await stored(shared)
    assert kept is not None
    assert (kept.version, kept.seq, kept.position_s, kept.session) == (3, 3, 0.5, {"tracks": ["t3"]})
    assert [(event.version, event.command_id, event.kind) for event in events] == [
        (1, "c1", "add"),
        (2, "c2", "add"),
        (3, "c3", "add"),
    ]
    assert (events[0].data, events[0].epoch) == ({"by": "c1"}, None)


async def test_a_later_state_that_was_saved_meanwhile_stays(shared: Store) -> None:
    await record(shared, "c1", snapshot(1, "a"))
    async with shared.begin() as tx:
        await tx.queues.save(snapshot(6, "later"))
    assert await record(shared, "c2", snapshot(5, "earlier")) == 2
    kept, events = await stored(shared)
    assert kept is not None
    assert (kept.version, kept.seq, kept.session, len(events)) == (2, 6, {"tracks": ["later"]}, 2)


async def test_a_command_that_comes_again_changes_nothing_and_is_told_its_version(shared: Store) -> None:
    await record(shared, "c1", snapshot(1, "a"))
    await record(shared, "c2", snapshot(2, "a", "b"))
    before = await stored(shared)
    assert await record(shared, "c1", snapshot(3)) == 1
    assert await record(shared, "c2", snapshot(3), expected=1) == 2
    assert await stored(shared) == before
    async with shared.begin() as tx:
        assert await tx.queues.known(HERE, "c1") == 1
        assert await tx.queues.known(HERE, "c9") is None


async def test_who_saw_an_older_version_gets_the_fresh_one_and_nothing_is_done(shared: Store) -> None:
    await record(shared, "c1", snapshot(1, "a"), expected=0)
    await record(shared, "c2", snapshot(2, "a", "b"), expected=1)
    before = await stored(shared)
    for stale in (0, 1, 3):
        with pytest.raises(Changed) as caught:
            await record(shared, "c3", snapshot(3), expected=stale)
        assert caught.value.fresh == before[0]
    assert await stored(shared) == before


async def test_a_queue_that_was_never_saved_has_no_version_but_none(shared: Store) -> None:
    with pytest.raises(Changed) as caught:
        await record(shared, "c1", snapshot(1), expected=4)
    assert caught.value.fresh is None
    assert await stored(shared) == (None, ())


async def test_a_command_is_of_one_guild(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.guilds.put(Guild(12, "next door"))
    await record(shared, "c1", snapshot(1))
    with pytest.raises(Conflict, match="c1"):
        await record(shared, "c1", snapshot(1, guild_id=12))
    assert await stored(shared, 12) == (None, ())
    with pytest.raises(Orphan):
        await record(shared, "c2", snapshot(1, guild_id=404))


async def test_saving_the_position_makes_no_version_and_loses_none(shared: Store) -> None:
    await record(shared, "c1", snapshot(1, "a"))
    async with shared.begin() as tx:
        assert await tx.queues.save(QueueSnapshot(HERE, 5, 9.5, {"tracks": ["a"]}))
    assert await record(shared, "c2", snapshot(6, "b"), expected=1) == 2
    kept, _ = await stored(shared)
    assert kept is not None
    assert (kept.version, kept.seq, kept.session) == (2, 6, {"tracks": ["b"]})


async def test_snapshot_and_event_are_written_both_or_neither(shared: Store) -> None:
    await record(shared, "c1", snapshot(1, "a"))
    before = await stored(shared)
    with injected("queue.in_tx:1:raise"), pytest.raises(FaultInjected):
        await record(shared, "c2", snapshot(2, "b"))
    assert await stored(shared) == before
    assert await record(shared, "c2", snapshot(2, "b")) == 2


async def test_the_log_is_read_on_from_a_version(shared: Store) -> None:
    for number in range(1, 6):
        await record(shared, f"c{number}", snapshot(number))
    async with shared.begin() as tx:
        assert [event.version for event in await tx.queues.events(HERE, 3)] == [4, 5]
        assert [event.version for event in await tx.queues.events(HERE, 1, 2)] == [2, 3]
        assert await tx.queues.events(HERE, 5) == ()
        assert await tx.queues.events(404) == ()


async def test_old_events_are_forgotten_and_the_versions_go_on(shared: Store) -> None:
    await record(shared, "c1", snapshot(1, "a"))
    async with shared.begin() as tx:
        assert await tx.queues.prune(timedelta(days=7)) == 0
        assert await tx.queues.prune(timedelta(0)) == 1
    kept, events = await stored(shared)
    assert kept is not None
    assert (kept.version, events) == (1, ())
    assert await record(shared, "c2", snapshot(2), expected=1) == 2
