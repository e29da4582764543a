"""Rates: how fast submissions go out with one key, in all processes together. Reads the attempts; writes nothing."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen
from sqlalchemy import ColumnElement, select

from conductr_store.clock import moment
from conductr_store.link import Link
from conductr_store.records import AttemptState
from conductr_store.tables import attempts

from .locking import alone

COLUMNS = attempts.c


@frozen(eq=False)
class Rates:
    _link: Link

    async def wait_s(self, provider: str, key_id: str | None, *, at_most: int, within_s: float) -> float:
        """Seconds until one more attempt may begin, so that no `within_s` holds more than `at_most`; 0: begin it now.

        Until this transaction ends, others who ask for the same key wait. By the database's clock.
        """
        await alone(self._link, "rate", provider, key_id or "")
        recent = moment(self._link, -timedelta(seconds=within_s))
        newest = (
            select(COLUMNS.submitted_at, moment(self._link).label("now"))
            .where(COLUMNS.provider == provider, _with(key_id), COLUMNS.submitted_at > recent)
            .order_by(COLUMNS.submitted_at.desc())
            .limit(1)
            .offset(at_most - 1)
        )
        row = await self._link.row(newest)
        if row is None:
            return 0.0
        left = row["submitted_at"] + timedelta(seconds=within_s) - row["now"]
        return max(0.001, min(within_s, left.total_seconds()))

    async def busy(self, provider: str, key_id: str | None, *, within_s: float) -> bool:
        """Whether an attempt with that key, begun so lately, waits for its answer. Others wait as for `wait_s`."""
        await alone(self._link, "rate", provider, key_id or "")
        recent = moment(self._link, -timedelta(seconds=within_s))
        under_way = (COLUMNS.state == AttemptState.SUBMITTING, COLUMNS.submitted_at > recent)
        found = select(COLUMNS.id).where(COLUMNS.provider == provider, _with(key_id), *under_way)
        return await self._link.row(found.limit(1)) is not None


def _with(key_id: str | None) -> ColumnElement[bool]:
    return COLUMNS.key_id.is_(None) if key_id is None else COLUMNS.key_id == key_id
