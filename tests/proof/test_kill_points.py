"""kill -9 at each named moment: the next process brings everything to its end, and nothing was paid twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import frozen
from support.databases import Databases
from support.killing import Lasting
from support.nursery import Nursery, nursery
from support.proving import SCALE, Proof, on, proof, scaled
from support.quick_suno import Prepared, QuickSandbox, quick_suno
from support.store_steps import replay
from support.suno import Suno
from support.world import Submission

from conductr_store.faults import POINTS

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(1_800)]

CHILDREN = Path(__file__).parent / "children"
HITS = min(4, scaled(1))  # each point is met so often before the kill, from 1 on
AT_ONCE = 3  # worlds under way: a life waits for leases of the dead now and then
FIRST_GUILD = 1_001
# Moments that a Conductr does not pass through yet, or not by itself; a process that only remembers does.
BY_THE_STORE = frozenset({"outbox.claimed", "outbox.sent", "lease.acquired", "lease.renewed", "job.done"})


@frozen
class Case:
    point: str
    hit: int

    @property
    def name(self) -> str:
        return f"{self.point}-{self.hit}"


CASES = tuple(Case(point, hit) for point in sorted(POINTS) for hit in range(1, HITS + 1))


def cases_of(engine: str, *, by_the_store: bool) -> list[Case]:
    """All of them; below scale 1, every second one on each engine."""
    mine = [case for case in CASES if (case.point in BY_THE_STORE) == by_the_store]
    return mine if SCALE >= 1 else mine[engine == "sqlite" :: 2]


async def die_and_come_back(case: Case, lives: Nursery, world: Lasting, suno: Suno) -> list[str]:
    """As many wishes as hits; the kill; then a life without faults until all is at rest. What is found wrong."""
    wishes = {f"{case.name} {number}": FIRST_GUILD + number for number in range(case.hit)}
    given: dict[str, Any] = {"folder": str(world.media.parent), "suno": [suno.url, suno.key], "room": True}
    given |= {"guilds": sorted(wishes.values()), "callbacks": True}
    dead = await world.live(lives, faults=f"{case.point}:{case.hit}:kill9", wishes=wishes, **given)
    if not dead.killed:
        return [f"{case.name} was not met: {dead.said[-3:]}"]
    found = await world.findings()
    # Who asked and got no answer asks again, under the same key.
    await world.live(lives, wishes=wishes, **given)
    return [*found, *await world.findings(at_rest=True)]


@pytest.fixture
async def sandbox(prepared: Prepared) -> AsyncIterator[tuple[Suno, QuickSandbox]]:
    async with quick_suno(prepared) as running:
        yield running


def booked_by(server: QuickSandbox, name: str) -> tuple[Submission, ...]:
    """What the sandbox accepted of one world's wishes."""
    rows = [(row.task_id, str(row.request.get("prompt", ""))) for row in server.ledger.rows]
    return tuple(Submission(task, prompt) for task, prompt in rows if prompt.startswith(f"{name} "))


async def test_a_conductr_killed_at_a_named_moment_is_brought_to_its_end(
    ram: Path, databases: Databases, sandbox: tuple[Suno, QuickSandbox]
) -> None:
    suno, server = sandbox
    cases = cases_of(databases.engine, by_the_store=False)
    left = iter(cases)

    async def worker(run: Proof) -> None:
        async with nursery(CHILDREN / "saga_life.py") as lives:
            for case in left:
                folder = ram / case.name
                folder.mkdir()

                async def booked(name: str = case.name) -> tuple[Submission, ...]:
                    return booked_by(server, name)

                world = Lasting(await databases.new(folder), folder / "media", booked=booked)
                run.tried([f"{case.name}: {each}" for each in await die_and_come_back(case, lives, world, suno)])

    name = on("kills-at-named-points", databases.engine)
    with proof(name, "Killed at any named moment, it comes back and pays nothing twice.") as run:
        async with anyio.create_task_group() as workers:
            for _ in range(AT_ONCE):
                workers.start_soon(worker, run)
        run.figures |= {"engine": databases.engine, "points": sorted({case.point for case in cases}), "hits": HITS}


async def test_a_process_that_only_remembers_is_killed_at_the_moments_that_are_its_own(
    ram: Path, databases: Databases
) -> None:
    cases = cases_of(databases.engine, by_the_store=True)
    name = on("kills-at-named-points-of-the-store", databases.engine)
    with proof(name, "Killed at its own named moments, a store is whole after.") as run:
        async with nursery(CHILDREN / "store_life.py") as lives:
            for case in cases:
                folder = ram / case.name
                folder.mkdir()
                world = Lasting(await databases.new(folder), folder / "media", replay)
                given: dict[str, Any] = {"folder": str(world.media), "seed": case.hit, "steps": 1_000}
                dead = await world.live(lives, faults=f"{case.point}:{case.hit}:kill9", **given)
                found = await world.findings() if dead.killed else [f"it was not met: {dead.said[-3:]}"]
                await world.live(lives, **given, settle=True)
                run.tried([f"{case.name}: {each}" for each in [*found, *await world.findings(at_rest=True)]])
        run.figures |= {"engine": databases.engine, "points": sorted({case.point for case in cases}), "hits": HITS}
