"""Looks at tasks are shared: one at a time a task, not too often, in turns, and none is lost with who began it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field

import anyio
import pytest

from suno_client import Progress, SunoError, Unanswered
from suno_client._poller import REMEMBERED, Poller
from suno_client.models import Stage, TaskId

pytestmark = pytest.mark.anyio
A, B = TaskId("a"), TaskId("b")


@dataclass
class Gateway:
    """Answers a look when it is told to."""

    stage: Stage = Stage.QUEUED
    error: SunoError | None = None
    asked: list[str] = field(default_factory=list)
    at_once: bool = True
    go: anyio.Event = field(default_factory=anyio.Event)

    async def look(self, task_id: TaskId) -> Progress:
        self.asked.append(task_id)
        if not self.at_once:
            await self.go.wait()
        if self.error is not None:
            raise self.error
        return Progress(task_id, self.stage)


async def look(poller: Poller, gateway: Gateway, task_id: TaskId = A, *, fresh: bool = False) -> Progress:
    return await poller.look(task_id, lambda: gateway.look(task_id), fresh=fresh)


async def test_many_who_wait_for_a_task_ask_once() -> None:
    poller, gateway, seen = Poller(8, 0, 60), Gateway(at_once=False), list[Progress]()

    async def wait() -> None:
        seen.append(await look(poller, gateway))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        gateway.go.set()
    assert gateway.asked == [A]
    assert len(seen) == 5


async def test_trouble_is_told_to_all_who_waited_and_the_next_asks_anew() -> None:
    poller, gateway, told = Poller(8, 0, 60), Gateway(at_once=False, error=Unanswered("x", may_be_charged=False)), 0

    async def wait() -> None:
        nonlocal told
        with pytest.raises(Unanswered):
            await look(poller, gateway)
        told += 1

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        gateway.go.set()
    assert (told, gateway.asked) == (3, [A])
    gateway.error = None
    assert (await look(poller, gateway)).task_id == A


async def test_the_trouble_of_one_who_waits_holds_no_frames_of_the_others() -> None:
    poller, gateway = Poller(8, 0, 60), Gateway(at_once=False, error=Unanswered("x", may_be_charged=False))
    lengths: list[int] = []

    async def wait() -> None:
        try:
            await look(poller, gateway)
        except Unanswered as error:
            lengths.append(len(traceback.extract_tb(error.__traceback__)))

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        gateway.go.set()
    assert len(lengths) == 50
    assert max(lengths) < 10


@pytest.mark.parametrize("looked_before", [False, True])
async def test_who_looks_for_all_may_be_cancelled(looked_before: bool) -> None:
    poller, gateway = Poller(8, 0, 60), Gateway()
    if looked_before:
        await look(poller, gateway)
    gateway.at_once, gateway.asked = False, []
    first = anyio.CancelScope()
    seen: list[Progress] = []

    async def begin() -> None:
        with first:
            await look(poller, gateway)

    async def follow() -> None:
        seen.append(await look(poller, gateway))

    async with anyio.create_task_group() as group:
        group.start_soon(begin)
        await anyio.wait_all_tasks_blocked()
        group.start_soon(follow)
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        gateway.go.set()
    assert gateway.asked == [A, A]
    assert len(seen) == 1


async def test_a_task_is_not_looked_at_more_often_than_its_gateway_likes() -> None:
    poller, gateway = Poller(8, 0.1, 60), Gateway()
    began = anyio.current_time()
    for _ in range(3):
        await look(poller, gateway)
    await look(poller, gateway, B)  # another task has a floor of its own
    assert 0.2 <= anyio.current_time() - began < 0.5


async def test_an_end_is_remembered_for_a_while_unless_it_shall_be_fresh() -> None:
    gateway = Gateway(Stage.COMPLETE)
    poller = Poller(8, 0, 60)
    for _ in range(3):
        await look(poller, gateway)
    assert gateway.asked == [A]
    await look(poller, gateway, fresh=True)
    assert gateway.asked == [A, A]
    forgetful = Poller(8, 0, 0)
    for _ in range(2):
        await look(forgetful, gateway)
    assert gateway.asked == [A] * 4


async def test_no_task_is_starved_where_many_share_few_lanes() -> None:
    """With one lane, each of ten watchers has looked n times before any looks for the n + 2nd time."""
    poller, gateway = Poller(1, 0, 60), Gateway()

    async def watch(number: int) -> None:
        for _ in range(5):
            await look(poller, gateway, TaskId(str(number)))

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(watch, number)
    counts: dict[str, int] = {}
    for task_id in gateway.asked:
        counts[task_id] = counts.get(task_id, 0) + 1
        assert max(counts.values()) - min(counts.get(str(n), 0) for n in range(10)) <= 2
    assert set(counts.values()) == {5}


async def test_only_so_many_looks_are_under_way_at_a_time() -> None:
    poller, gateway = Poller(3, 0, 60), Gateway(at_once=False)

    async def wait(number: int) -> None:
        await look(poller, gateway, TaskId(str(number)))

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(wait, number)
        await anyio.wait_all_tasks_blocked()
        assert len(gateway.asked) == 3
        gateway.go.set()
    assert len(gateway.asked) == 10


async def test_what_is_kept_in_mind_is_bounded() -> None:
    poller, gateway = Poller(8, 0, 60), Gateway()
    for number in range(REMEMBERED + 10):
        await look(poller, gateway, TaskId(str(number)))
    assert len(poller._looks) == REMEMBERED
    gateway.at_once = False

    async def wait(number: int) -> None:
        await look(poller, gateway, TaskId(f"more {number}"))

    async with anyio.create_task_group() as group:  # those that are under way are not forgotten
        for number in range(20):
            group.start_soon(wait, number)
        await anyio.wait_all_tasks_blocked()
        gateway.go.set()
    assert len(poller._looks) <= REMEMBERED + 20
