"""Commits a row at a time and says so, until it is killed: one life for each line that comes in.

Lives are forks of one process, so that each costs no imports. Arguments: the database's address.
"""

from __future__ import annotations

import os
import sys
from uuid import uuid4

import anyio

from conductr_store import QueueSnapshot, Store
from conductr_store.testing import A_GUILD, a_generation, a_song, put_people


async def commit_on(url: str) -> None:
    async with Store.open(url) as store:
        async with store.begin() as tx:
            await put_people(tx)
            last = await tx.queues.load(A_GUILD.id)
        seq = last.seq if last else 0
        while True:
            seq += 1
            async with store.begin() as tx:
                row = await tx.generations.add(a_generation(id=uuid4().hex, request_key=uuid4().hex))
                for take in (0, 1):
                    await tx.songs.add(a_song(row, take, id=uuid4().hex))
                await tx.queues.save(QueueSnapshot(A_GUILD.id, seq, 0.0, {"generation": row.id}))
            say(f"row {row.id}")


def say(line: str) -> None:
    """In one write, which a pipe keeps whole: a kill cuts no line."""
    os.write(1, f"{line}\n".encode())


for _ in sys.stdin:
    life = os.fork()
    if life == 0:
        say(f"pid {os.getpid()}")
        anyio.run(commit_on, sys.argv[1])
    else:
        os.waitpid(life, 0)
        say("dead")
