"""A command that was answered is in the log, once, however often it is sent; what could not be kept is not answered."""

from __future__ import annotations

import pytest

from conductr import Caller, Conductr
from conductr.messages import ToPlayer
from conductr_player import Command, Enqueue, PauseCause, QueueFull, Remove, SetLoop, SetSound, Sound
from conductr_player.core.queue import UPCOMING_LIMIT, LoopMode
from conductr_player.testing import ListSink, entries
from conductr_store import QueueEvent, StoreError
from conductr_store.faults import injected

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(url: str) -> str:
    return url


@pytest.fixture(params=["heard", "saved"])
async def guild_id(request: pytest.FixtureRequest, conductr: Conductr, caller: Caller) -> int:
    """A guild that is played for, on hold since no entry here is a song, and one whose queue only waits."""
    room = await conductr.host.open_room(caller.guild_id, ListSink(), 5, "Lounge", guild_name="Test guild")
    conductr.host.link(room.guild_id, up=False)
    if request.param == "saved":
        await conductr.host.close_room(room.guild_id)
    return room.guild_id


async def events(conductr: Conductr, guild_id: int) -> tuple[QueueEvent, ...]:
    async with conductr.playback.store.begin() as tx:
        return await tx.queues.events(guild_id)


async def send(conductr: Conductr, guild_id: int, command: Command, command_id: str | None) -> int:
    """How many entries wait then, with the one that plays."""
    session = await conductr.bus.send(ToPlayer(guild_id, command, command_id=command_id))
    return len(session.queue.upcoming) + (session.queue.current is not None)


async def test_a_command_is_in_the_log_when_it_is_answered(conductr: Conductr, guild_id: int) -> None:
    await send(conductr, guild_id, Enqueue(entries("one", "two")), "first")
    await send(conductr, guild_id, SetLoop(LoopMode.QUEUE), "second")
    first, second = await events(conductr, guild_id)
    assert (first.command_id, first.kind, first.version) == ("first", "Enqueue", 1)
    assert [entry["track"]["title"] for entry in first.data["entries"]] == ["one", "two"]  # type: ignore[attr-defined,index]
    assert (second.command_id, second.kind, second.data, second.version) == ("second", "SetLoop", {"mode": "queue"}, 2)


async def test_the_same_command_again_changes_nothing(conductr: Conductr, guild_id: int) -> None:
    assert await send(conductr, guild_id, Enqueue(entries("one")), "first") == 1
    assert await send(conductr, guild_id, Enqueue(entries("two", start=1)), "first") == 1
    assert len(await events(conductr, guild_id)) == 1


async def test_what_nobody_asked_is_not_in_the_log(conductr: Conductr, guild_id: int) -> None:
    await send(conductr, guild_id, SetSound(Sound(volume_percent=50)), None)
    assert await events(conductr, guild_id) == ()


async def test_a_refused_command_is_not_in_the_log(conductr: Conductr, guild_id: int) -> None:
    await send(conductr, guild_id, Enqueue(entries(*["song"] * (UPCOMING_LIMIT + 1))), "full")
    with pytest.raises(QueueFull):
        await send(conductr, guild_id, Enqueue(entries("late", start=9_000)), "refused")
    assert [event.command_id for event in await events(conductr, guild_id)] == ["full"]


async def test_a_command_that_cannot_be_written_down_is_not_answered(conductr: Conductr, guild_id: int) -> None:
    with injected("queue.in_tx:1:enospc"), pytest.raises((StoreError, OSError)):
        await send(conductr, guild_id, Enqueue(entries("one")), "lost")
    assert await events(conductr, guild_id) == ()
    assert await send(conductr, guild_id, Enqueue(entries("one")), "lost") == 1, "asked again, it is there once"


async def test_what_was_taken_but_not_written_down_is_not_taken_twice(conductr: Conductr, guild_id: int) -> None:
    await send(conductr, guild_id, Enqueue(entries("one", "two", "three")), "first")
    with injected("queue.in_tx:1:enospc"), pytest.raises((StoreError, OSError)):
        await send(conductr, guild_id, Remove((entries("one")[0].id,)), "lost")
    assert await send(conductr, guild_id, Remove((entries("one")[0].id,)), "lost") == 2
    assert [event.command_id for event in await events(conductr, guild_id)] == ["first", "lost"]


async def test_the_saved_queue_is_what_the_log_led_to(conductr: Conductr, guild_id: int, caller: Caller) -> None:
    await send(conductr, guild_id, Enqueue(entries("one", "two", "three")), "first")
    await conductr.host.close_room(guild_id)
    queue = await conductr.playback.queue(caller.guild_id)
    assert queue.upcoming_count + (queue.current is not None) == 3
    assert PauseCause.USER.value not in queue.state
