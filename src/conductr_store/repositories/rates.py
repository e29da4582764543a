"""Rates: how fast submissions go out with one key, in all processes together. Reads the attempts; writes nothing."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from attrs import frozen
from sqlalchemy import func, select

from conductr_store.clock import moment
from conductr_store.link import Link
from conductr_store.tables import attempts

COLUMNS = attempts.c


@frozen(eq=False)
class Rates:
    _link: Link

    async def wait_s(self, provider: str, key_id: str | None, *, at_most: int, within_s: float) -> float:
        """Seconds until one more attempt may begin, so that no `within_s` holds more than `at_most`; 0: begin it now.

        Until this transaction ends, others who ask for the same key wait. By the database's clock.
        """
        await self._alone(provider, key_id)
        mine = COLUMNS.key_id.is_(None) if key_id is None else COLUMNS.key_id == key_id
        recent = moment(self._link, -timedelta(seconds=within_s))
        newest = (
            select(COLUMNS.submitted_at, moment(self._link).label("now"))
            .where(COLUMNS.provider == provider, mine, COLUMNS.submitted_at > recent)
            .order_by(COLUMNS.submitted_at.desc())
            .limit(1)
            .offset(at_most - 1)
        )
        row = await self._link.row(newest)
        if row is None:
            return 0.0
        left = row["submitted_at"] + timedelta(seconds=within_s) - row["now"]
        return max(0.001, min(within_s, left.total_seconds()))

    async def _alone(self, provider: str, key_id: str | None) -> None:
        """SQLite's writers exclude each other anyway; in PostgreSQL a lock that ends with the transaction does."""
        if self._link.connection.dialect.name == "sqlite":
            return
        name = hashlib.sha256(f"rate\0{provider}\0{key_id or ''}".encode()).digest()
        number = int.from_bytes(name[:8], "big", signed=True)
        await self._link.rows(select(func.pg_advisory_xact_lock(number)))
