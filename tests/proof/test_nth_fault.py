"""The n-th fault point fails, for n = 1, 2, 3 ... until nothing is left to fail: each time the world is whole after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from support.databases import Databases
from support.proving import SCALE, on, proof
from support.quick_keeper import quick
from support.saga import ADA, Life, a_world
from support.saga import World as Saga
from support.store_steps import born, replay, settle
from support.world import Submission, check_world
from support.world import World as Whole

from conductr import ConductrError
from conductr_store import StoreError
from conductr_store.faults import FaultInjected, injected, passed
from suno_client import Polling, SunoError

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(1_800)]

EVERY = 8  # of the points of a wish is tried; each of them at scale 8
ENDED = ("finished", "unknown", "failed", "refused")
MEANWHILE = timedelta(minutes=2)
A_TURN = timedelta(seconds=5)
A_MOMENT_S = 0.01  # in which other tasks go on
WITHIN_S = 60.0
FORESEEN = (FaultInjected, OSError, ConductrError, SunoError, StoreError)
SOON = Polling(first_s=0.01, max_s=0.01, floor_s=0, keep_s=0)
LAST = 400  # a scenario that meets more points than that has grown too large


@pytest.mark.parametrize(("failure", "lasting"), [("raise", ""), ("enospc", "+")], ids=["once", "from then on"])
async def test_whatever_step_of_the_store_fails_the_world_is_whole(
    ram: Path, databases: Databases, failure: str, lasting: str
) -> None:
    said: list[tuple[str, ...]] = []

    def say(*words: object) -> None:
        said.append(tuple(str(word) for word in words))

    url, media = await databases.new(ram), ram / "media"

    async def each_once(seed: int) -> None:
        async with born(url, str(media), seed, say) as life:
            await life.each_once()

    def world(*, at_rest: bool = False) -> Whole:
        return Whole(url, media=media, said=tuple(said), replay=replay, at_rest=at_rest)

    name = on(f"nth-fault-store-{failure}{'-lasting' if lasting else ''}", databases.engine)
    with proof(name, "Whatever fault point fails, nothing acknowledged is lost and nothing is half there.") as run:
        await each_once(0)
        for number in range(1, LAST):
            with injected(f"*:{number}{lasting}:{failure}"):
                failed = await fails(each_once, number)
                met = sum(passed().values())
            run.tried([f"point {number}: {each}" for each in await check_world(world())])
            if met < number:
                break
            assert failed, f"point {number} did nothing"
        run.figures |= {"engine": databases.engine}
        await settle(url, str(media), say)
        run.failures += await check_world(world(at_rest=True))
        assert run.trials < LAST - 1, "the scenario has grown too large"


@pytest.mark.parametrize("failure", ["raise", "enospc"])
async def test_whatever_step_of_a_wish_fails_it_is_submitted_once_and_comes_to_its_end(
    ram: Path, databases: Databases, failure: str
) -> None:
    ends: Counter[str] = Counter()
    name = on(f"nth-fault-saga-{failure}", databases.engine)
    with proof(name, "Whatever fault point fails, a wish is sent once and comes to its end.") as run:
        for number in range(1, LAST, max(1, round(EVERY / SCALE))):
            folder = ram / str(number)
            folder.mkdir()
            world = a_world(await databases.new(folder), folder)
            world.polling = SOON
            if not await meets(world, number, failure):
                break
            state = await comes_to_its_end(world)
            ends[state] += 1
            run.tried([f"point {number}: {each}" for each in await breaches(world, state)])
        run.figures |= {"engine": databases.engine, "ends": dict(ends)}
        assert run.trials < LAST / EVERY - 1, "a wish passes too many points"


async def meets(world: Saga, number: int, failure: str) -> bool:
    """Whether a process gets as far as that point; it ends there, or when the wish has come to its end."""
    with injected(f"*:{number}:{failure}"):
        try:
            async with world.life() as life, life.watching():
                life.watcher.follower.keeper = quick(life.watcher.follower.keeper)
                with anyio.fail_after(WITHIN_S):
                    await _until_met(life, number)
        except* FORESEEN:
            pass  # it was its end
        return sum(passed().values()) >= number


async def _until_met(life: Life, number: int) -> None:
    with suppress(*FORESEEN):
        await life.ask()
    while sum(passed().values()) < number:
        with suppress(*FORESEEN):
            views = await life.generations.recent(ADA.guild_id)
            if views and views[0].state in ENDED:
                return
        await anyio.sleep(A_MOMENT_S)


async def comes_to_its_end(world: Saga) -> str:
    """The next process, to which the same request comes again; its clock runs, so that nothing is waited for."""
    world.clock.passes(MEANWHILE)
    async with world.life() as life, life.watching():
        life.watcher.follower.keeper = quick(life.watcher.follower.keeper)
        view = await life.ask()
        with anyio.fail_after(WITHIN_S):
            while (view := await life.generations.get(view.id)).state not in ENDED:
                world.clock.passes(A_TURN)
                await anyio.sleep(A_MOMENT_S)
    return view.state


async def breaches(world: Saga, state: str) -> list[str]:
    bodies = enumerate(world.suno.submissions, 1)
    booked = tuple(Submission(f"{number:032x}", str(body["prompt"])) for number, body in bodies)
    found = await check_world(Whole(world.url, submissions=booked))
    return found if state in ("finished", "unknown") else [*found, f"it ended {state}"]


async def fails(scenario: Callable[[int], Awaitable[None]], number: int) -> bool:
    """Whether it ended by the fault."""
    try:
        await scenario(number)
    except (FaultInjected, OSError, StoreError):
        return True
    return False
