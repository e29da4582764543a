"""A Conductr that asks for songs is killed hundreds of times: no wish is lost, none is paid for twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest
from attrs import define, field
from support.databases import Databases
from support.killing import Lasting
from support.nursery import Nursery, nursery
from support.proving import SEED, Proof, on, proof, scaled
from support.quick_suno import Prepared, QuickSandbox, quick_suno
from support.suno import Suno
from support.world import Submission

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(3_600)]

SAGA_LIFE = Path(__file__).parent / "children" / "saga_life.py"
KILLS = {"sqlite": 100, "postgresql": 60}
WORKERS = 2
OF_ONE_WORLD = 15
AT_A_POINT = 0.7
FIRST_GUILD = 1_000
LAST_HIT = 40
LAST_MOMENT_S = 0.4
FOR_EVER = 1_000_000


@define(eq=False)
class Trial:
    """One worker's share: worlds one after the other, each with a key of its own at the sandbox."""

    number: int
    folder: Path
    databases: Databases
    suno: Suno
    server: QuickSandbox
    run: Proof
    how: Counter[str]
    rng: Random = field(init=False)
    wishes: int = 0

    def __attrs_post_init__(self) -> None:
        self.rng = Random(f"{SEED} saga {self.number}")

    def new_wishes(self, world: str) -> dict[str, int]:
        """Each in a guild of its own: what one guild may have in the making is not at stake here."""
        first = self.wishes
        self.wishes += 2
        return {f"{world} {number}": FIRST_GUILD + number for number in range(first, self.wishes)}

    async def work(self, kills: int) -> None:
        async with nursery(SAGA_LIFE) as lives:
            for first in range(0, kills, OF_ONE_WORLD):
                await self.of_one_world(f"w{self.number}.{first}", lives, min(OF_ONE_WORLD, kills - first))

    async def of_one_world(self, name: str, lives: Nursery, kills: int) -> None:
        folder = self.folder / name
        folder.mkdir()

        async def booked() -> tuple[Submission, ...]:
            rows = [(row.task_id, str(row.request.get("prompt", ""))) for row in self.server.ledger.rows]
            return tuple(Submission(task, prompt) for task, prompt in rows if prompt.startswith(f"{name} "))

        world = Lasting(await self.databases.new(folder), folder / "media", booked=booked)
        asked: dict[str, int] = {}
        wishes: dict[str, int] = {}
        given: dict[str, Any] = {"folder": str(folder), "suno": [self.suno.url, f"key-{name}"], "callbacks": True}
        for _ in range(kills):
            wishes = self.new_wishes(name)
            asked |= wishes
            await self.kill(lives, world, {**given, "wishes": wishes, "guilds": [], "wait": False})
            self.run.tried([f"{name}: {each}" for each in await world.findings()])
        # Who asked last asks again, under the same key; then all comes to rest.
        await world.live(lives, **given, wishes=wishes, guilds=sorted(asked.values()))
        self.run.failures += [f"{name}: {each}" for each in await world.findings(at_rest=True)]

    async def kill(self, lives: Nursery, world: Lasting, given: dict[str, Any]) -> None:
        if self.rng.random() < AT_A_POINT:
            life = await world.live(lives, faults=f"*:{self.rng.randint(1, LAST_HIT)}:kill9", **given)
        else:
            life = await world.live(lives, kill_after_s=self.rng.uniform(0.02, LAST_MOMENT_S), **given)
        self.how["killed" if life.killed else "lived to its end"] += 1


async def test_after_hundreds_of_kills_no_wish_is_lost_and_none_was_submitted_twice(
    ram: Path, databases: Databases, prepared: Prepared
) -> None:
    how: Counter[str] = Counter()
    name = on("kills-of-the-saga", databases.engine)
    with proof(name, "Killed with SIGKILL while it asks for songs, it pays for none twice.") as run:
        async with quick_suno(prepared) as (suno, server), anyio.create_task_group() as workers:
            await suno.fault("task", "GENERATE_AUDIO_FAILED", times=FOR_EVER)  # accepted and charged: all that matters
            for number in range(WORKERS):
                trial = Trial(number, ram, databases, suno, server, run, how)
                workers.start_soon(trial.work, scaled(KILLS[databases.engine]) // WORKERS)
        run.figures |= {"engine": databases.engine, "lives": dict(how)}
        run.figures |= {"accepted_by_the_sandbox": len(server.ledger.rows)}
