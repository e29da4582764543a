"""Opens a store as soon as it is told to, and says how that went. Arguments: the database's address."""

from __future__ import annotations

import sys

import anyio

from conductr_store import Store


async def main(url: str) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    async with Store.open(url) as store, store.begin() as tx:
        await tx.users.names([1])
    sys.stdout.write("opened\n")


anyio.run(main, sys.argv[1])
