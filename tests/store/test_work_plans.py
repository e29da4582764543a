"""What is asked again and again is found by an index, however much has piled up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from conductr_store import Store, UnitOfWork

pytestmark = pytest.mark.anyio

LEASE = timedelta(seconds=30)

ASKED: dict[str, tuple[str, Callable[[UnitOfWork], Awaitable[object]]]] = {
    "due jobs": ("ix_jobs_open", lambda tx: tx.jobs.claim(["walk"], "w", LEASE, 10)),
    "waiting commands": ("ix_commands_unsettled", lambda tx: tx.commands.take("bot", LEASE, 10)),
    "unsent notices": ("ix_notices_unsent", lambda tx: tx.notices.claim("s", LEASE, 10)),
    "unknown attempts": ("ix_generation_attempts_unsure", lambda tx: tx.attempts.unknown(10)),
    "the live attempt": ("uq_generation_attempts_live", lambda tx: tx.attempts.live("g")),
    "events of a guild": ("pk_queue_events", lambda tx: tx.queues.events(1, 5)),
    "old events": ("ix_queue_events_written_at", lambda tx: tx.queues.prune(timedelta(days=7))),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_it_is_found_by_its_index(shared: Store, asked: str) -> None:
    index, ask = ASKED[asked]
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(shared._engine.sync_engine, "before_cursor_execute", note)
    async with shared.begin() as tx:
        await ask(tx)
    event.remove(shared._engine.sync_engine, "before_cursor_execute", note)
    assert any([index in await plan(shared, *statement) for statement in statements])


async def plan(store: Store, statement: str, parameters: Any) -> str:
    async with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(str(row) for row in rows).replace("sqlite_autoindex_queue_events_1", "pk_queue_events")
        await connection.execute(text("SET LOCAL enable_seqscan = off"))  # a table of no rows is scanned otherwise
        rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(str(row) for row in rows)
