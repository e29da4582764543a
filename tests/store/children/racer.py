"""Races for rows: one line comes in for each round, and one goes out with what this process's contenders got.

Arguments: the database's address, and this process's number.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import anyio

from conductr_store import Changed, Conflict, QueueSnapshot, QuotaUsedUp, Store, UnitOfWork
from conductr_store.testing import A_GUILD

CONTENDERS = 16
LEASE = timedelta(minutes=5)
NOBODY = "nobody"


async def reserve(tx: UnitOfWork, name: str, me: str) -> str:
    await tx.ledger.reserve(name, 1, f"{name}:{me}")
    return "granted"


async def reserve_once(tx: UnitOfWork, name: str, me: str) -> str:
    await tx.ledger.reserve(name, 1, name)
    return "granted"


async def lease(tx: UnitOfWork, name: str, me: str) -> str:
    held = await tx.leases.acquire(int(name), me, LEASE)
    return NOBODY if held is None else "held"


async def deliver(tx: UnitOfWork, name: str, me: str) -> str:
    return " ".join([notice.dedupe for notice in await tx.notices.claim(me, LEASE, 1)]) or NOBODY


async def work(tx: UnitOfWork, name: str, me: str) -> str:
    return " ".join([job.key for job in await tx.jobs.claim([name], me, LEASE, 1)]) or NOBODY


async def submit(tx: UnitOfWork, name: str, me: str) -> str:
    await tx.attempts.begin(name, provider="race", nonce_hash=f"{name}:{me}")
    return "begun"


async def edit(tx: UnitOfWork, name: str, me: str) -> str:
    snapshot = QueueSnapshot(A_GUILD.id, 1, 0.0, {"by": me})
    version = await tx.queues.record(
        A_GUILD.id,
        command_id=f"{name}:{me}",
        kind="edit",
        data={},
        snapshot=snapshot,
        expected_version=int(name),
    )
    return str(version)


RACES: dict[str, Callable[[UnitOfWork, str, str], Awaitable[str]]] = {
    race.__name__: race for race in (reserve, reserve_once, lease, deliver, work, submit, edit)
}


async def contend(store: Store, race: str, name: str, me: str, got: list[str]) -> None:
    try:
        got.append(await store.run(lambda tx: RACES[race](tx, name, me), attempts=20))
    except (QuotaUsedUp, Conflict, Changed) as error:
        got.append(type(error).__name__)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def run(url: str, number: str) -> None:
    async with Store.open(url, busy_timeout_s=20) as store:
        say("ready")
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            race, name = line.split()
            got: list[str] = []
            async with anyio.create_task_group() as group:
                for contender in range(CONTENDERS):
                    group.start_soon(contend, store, race, name, f"{number}.{contender}", got)
            say(json.dumps(got))


anyio.run(run, sys.argv[1], sys.argv[2])
