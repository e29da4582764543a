"""A process that only remembers is killed at any moment: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest
from support.killing import Lasting
from support.nursery import Nursery, nursery
from support.proving import SEED, Proof, proof, scaled
from support.store_steps import replay

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(3_600)]

STORE_LIFE = Path(__file__).parent / "children" / "store_life.py"
KILLS = 840
KILLS_ON_POSTGRES = 80
OF_ONE_WORLD = 25  # kills; then it is brought to rest, and a fresh one takes its place
AT_A_POINT = 0.7  # of the kills; the others come at a moment of no name
LAST_HIT = 48
LAST_MOMENT_S = 0.2
LONG = 1_000  # steps: no life ends before its kill


async def kill_again_and_again(
    lives: Nursery, world: Lasting, rng: Random, kills: int, run: Proof, points: Counter[str]
) -> None:
    """Until the world is at rest after so many kills; each is followed by a look at all of it."""
    given: dict[str, Any] = {"folder": str(world.media), "steps": LONG}
    for _ in range(kills):
        if rng.random() < AT_A_POINT:
            hit = rng.randint(3, LAST_HIT)
            life = await world.live(lives, faults=f"*:{hit}:kill9", seed=rng.getrandbits(60), **given)
            points["at a point"] += 1
        else:
            moment_s = rng.uniform(0.01, LAST_MOMENT_S)
            life = await world.live(lives, kill_after_s=moment_s, seed=rng.getrandbits(60), **given)
            points["at a moment"] += 1
        assert life.killed, life.said[-3:]
        run.tried(await world.findings())
    await world.live(lives, seed=rng.getrandbits(60), settle=True, **{**given, "steps": 0})
    run.failures += await world.findings(at_rest=True)
    shutil.rmtree(world.media, ignore_errors=True)


def acknowledged(worlds: Sequence[Lasting]) -> dict[str, int]:
    return dict(sorted(Counter(words[0] for world in worlds for words in world.said if words[0] != "lived").items()))


async def test_after_hundreds_of_kills_everything_acknowledged_is_there(ram: Path) -> None:
    worlds: list[Lasting] = []
    how: Counter[str] = Counter()

    async def worker(number: int, kills: int) -> None:
        rng = Random(f"{SEED} {number}")
        async with nursery(STORE_LIFE) as lives:
            for first in range(0, kills, OF_ONE_WORLD):
                folder = ram / f"{number}-{first}"
                folder.mkdir()
                world = Lasting(f"sqlite:///{folder}/conductr.db", folder / "media", replay)
                worlds.append(world)
                await kill_again_and_again(lives, world, rng, min(OF_ONE_WORLD, kills - first), run, how)

    with proof("kills-of-the-store", "Killed with SIGKILL, a store on SQLite loses nothing it acknowledged.") as run:
        async with anyio.create_task_group() as workers:
            for number in range(2):
                workers.start_soon(worker, number, scaled(KILLS, KILLS) // 2)
        run.figures |= {"engine": "sqlite", "kills": dict(how), "acknowledged": acknowledged(worlds)}


@pytest.mark.service
async def test_after_kills_of_its_client_postgresql_has_everything_acknowledged(ram: Path, bare_postgres: str) -> None:
    how: Counter[str] = Counter()
    world = Lasting(bare_postgres, ram / "media", replay)
    with proof("kills-of-the-store-postgresql", "The same on PostgreSQL, whose client is killed.") as run:
        async with nursery(STORE_LIFE) as lives:
            rng = Random(f"{SEED} postgres")
            await kill_again_and_again(lives, world, rng, scaled(KILLS_ON_POSTGRES, KILLS_ON_POSTGRES), run, how)
        run.figures |= {"engine": "postgresql", "kills": dict(how), "acknowledged": acknowledged([world])}
