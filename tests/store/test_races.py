"""Races: 32 contenders in two processes, again and again, and each prize is won exactly as often as it is there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from attrs import frozen

from conductr_store import Balance, Guild, Store
from conductr_store.testing import A_GUILD, a_generation

pytestmark = pytest.mark.anyio

RACER = Path(__file__).parent / "children" / "racer.py"
ROUNDS = 100
FEW_ROUNDS = 10
CONTENDERS = 32
QUOTA = 5


@frozen(eq=False)
class Racers:
    """Two processes with half of the contenders each."""

    processes: tuple[subprocess.Popen[str], ...]

    async def race(self, race: str, name: str) -> Counter[str]:
        """What the contenders got, once all of them have got something."""
        return await anyio.to_thread.run_sync(self._race, f"{race} {name}\n")

    def _race(self, line: str) -> Counter[str]:
        got: Counter[str] = Counter()
        for process in self.processes:
            assert process.stdin
            process.stdin.write(line)
            process.stdin.flush()
        for process in self.processes:
            assert process.stdout
            got.update(json.loads(process.stdout.readline()))
        assert got.total() == CONTENDERS
        return got


@pytest.fixture(scope="module")
def racers(shared_url: str) -> Iterator[Racers]:
    async def migrated() -> None:
        async with Store.open(shared_url):
            pass

    anyio.run(migrated)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    argv = [sys.executable, str(RACER), shared_url]
    with subprocess.Popen([*argv, "1"], **pipes) as one, subprocess.Popen([*argv, "2"], **pipes) as two:
        for process in (one, two):
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        yield Racers((one, two))
        for process in (one, two):
            assert process.stdin
            process.stdin.close()


@pytest.fixture
async def store(shared: Store) -> Store:
    return shared


@pytest.mark.slow
async def test_exactly_the_quota_is_granted(store: Store, racers: Racers) -> None:
    async with store.begin() as tx:
        for number in range(ROUNDS):
            await tx.ledger.ensure(f"round:{number}", QUOTA)
    for number in range(ROUNDS):
        got = await racers.race("reserve", f"round:{number}")
        assert got == {"granted": QUOTA, "QuotaUsedUp": CONTENDERS - QUOTA}
    async with store.begin() as tx:
        for number in range(ROUNDS):
            assert await tx.ledger.balance(f"round:{number}") == Balance(QUOTA, 0, QUOTA, 0)


async def test_one_ref_reserves_once(store: Store, racers: Racers) -> None:
    async with store.begin() as tx:
        for number in range(FEW_ROUNDS):
            await tx.ledger.ensure(f"round:{number}", QUOTA)
    for number in range(FEW_ROUNDS):
        assert await racers.race("reserve_once", f"round:{number}") == {"granted": CONTENDERS}
    async with store.begin() as tx:
        for number in range(FEW_ROUNDS):
            assert await tx.ledger.balance(f"round:{number}") == Balance(QUOTA, QUOTA - 1, 1, 0)


@pytest.mark.slow
async def test_a_guild_has_one_lease_holder(store: Store, racers: Racers) -> None:
    async with store.begin() as tx:
        for number in range(ROUNDS):
            await tx.guilds.put(Guild(1_000 + number, "raced for"))
    for number in range(ROUNDS):
        got = await racers.race("lease", str(1_000 + number))
        assert got == {"held": 1, "nobody": CONTENDERS - 1}
        async with store.begin() as tx:
            lease = await tx.leases.of_guild(1_000 + number)
            assert lease is not None
            assert lease.epoch == 1


@pytest.mark.slow
async def test_a_notice_is_delivered_by_one(store: Store, racers: Racers) -> None:
    for number in range(ROUNDS):
        async with store.begin() as tx:
            notice = await tx.notices.put(f"round:{number}", {}, "told", {})
        assert await racers.race("deliver", "any") == {f"round:{number}": 1, "nobody": CONTENDERS - 1}
        async with store.begin() as tx:
            await tx.notices.sent(notice.id, number, epoch=1)


async def test_a_job_is_done_by_one(store: Store, racers: Racers) -> None:
    async with store.begin() as tx:
        for number in range(FEW_ROUNDS):
            for key in ("a", "b", "c"):
                await tx.jobs.put(f"round:{number}", key)
    for number in range(FEW_ROUNDS):
        got = await racers.race("work", f"round:{number}")
        assert {key: got[key] for key in ("a", "b", "c")} == {"a": 1, "b": 1, "c": 1}


async def test_a_generation_is_submitted_by_one(store: Store, racers: Racers) -> None:
    async with store.begin() as tx:
        wishes = [await tx.generations.add(a_generation()) for _ in range(FEW_ROUNDS)]
    for wish in wishes:
        assert await racers.race("submit", wish.id) == {"begun": 1, "Conflict": CONTENDERS - 1}
        async with store.begin() as tx:
            assert [attempt.number for attempt in await tx.attempts.of_generation(wish.id)] == [1]


async def test_of_edits_that_saw_the_same_version_one_is_made(store: Store, racers: Racers) -> None:
    for number in range(FEW_ROUNDS):
        assert await racers.race("edit", str(number)) == {str(number + 1): 1, "Changed": CONTENDERS - 1}
    async with store.begin() as tx:
        events = await tx.queues.events(A_GUILD.id)
    assert [event.version for event in events] == list(range(1, FEW_ROUNDS + 1))
