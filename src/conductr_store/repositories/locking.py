"""A name that one transaction at a time holds, where no row stands for it yet."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from conductr_store.link import Link


async def alone(link: Link, *name: object) -> None:
    """Until this transaction ends, others who ask for the same name wait.

    SQLite's writers exclude each other anyway; in PostgreSQL a lock that ends with the transaction does.
    """
    if link.connection.dialect.name == "sqlite":
        return
    said = hashlib.sha256("\0".join(map(str, name)).encode()).digest()
    number = int.from_bytes(said[:8], "big", signed=True)
    await link.rows(select(func.pg_advisory_xact_lock(number)))
