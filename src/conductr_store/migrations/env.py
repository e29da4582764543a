"""Alembic's environment: on the store's own connection, or from the command line on what `-x url=...` names."""

from __future__ import annotations

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from conductr_store.columns import Moment, Words
from conductr_store.engine import address, make_engine
from conductr_store.tables import FTS5_TABLES, metadata


def plain(kind: str, value: object, _context: object) -> str | Literal[False]:
    """Migrations name plain types: what our own ones mean may change, what a migration did may not."""
    if kind == "type" and isinstance(value, Words):
        return "sa.Text()"
    if kind == "type" and isinstance(value, Moment):
        return "sa.DateTime(timezone=True)"
    return False  # as Alembic would write it


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite's own tables of a full-text index are not compared."""
    return kind != "table" or name not in FTS5_TABLES


def run(connection: Connection) -> None:
    """The caller's transaction holds every step, also on SQLite: a killed migration never was."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        render_item=plain,
        include_name=ours,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_by_hand() -> None:
    engine = make_engine(address(context.get_x_argument(as_dictionary=True)["url"]), busy_timeout_s=60.0)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(run_by_hand())
else:
    run(given)
