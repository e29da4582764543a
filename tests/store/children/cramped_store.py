"""Writes rows until the disk is full, where no file may grow beyond so much. Arguments: the database's address, bytes.

Then it asks for more room, and writes on.
"""

from __future__ import annotations

import resource
import sys

import anyio

from conductr_store import Store, StoreUnavailable
from conductr_store.testing import a_generation

LARGEST = 100_000_000


async def main(url: str, limit_bytes: int) -> None:
    async with Store.open(url) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, LARGEST))
        kept = 0
        try:
            while True:
                async with store.begin() as tx:
                    await tx.generations.add(a_generation(id=f"row-{kept}", prompt="x" * 10_000))
                kept += 1
        except StoreUnavailable as error:
            sys.stdout.write(f"kept {kept}, then {error}\n")
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
        async with store.begin() as tx:
            rows = await tx.generations.of_guild(11, 10_000)
            assert {row.id for row in rows} == {f"row-{number}" for number in range(kept)}
            await tx.generations.add(a_generation(id="later"))
    sys.stdout.write("went on\n")


anyio.run(main, sys.argv[1], int(sys.argv[2]))
