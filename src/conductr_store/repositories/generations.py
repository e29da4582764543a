"""Generations: wishes for songs, each worked on by one process at a time, by lease."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import asdict, evolve, frozen
from sqlalchemy import or_, select, update

from conductr_store.errors import Conflict, LeaseLost, NotFound
from conductr_store.link import Link
from conductr_store.records import Generation, GenerationState
from conductr_store.tables import UNFINISHED, UNTOLD, generations

COLUMNS = generations.c
OLDEST_FIRST = (COLUMNS.created_at, COLUMNS.id)


@frozen(eq=False)
class Generations:
    _link: Link

    async def add(self, generation: Generation) -> Generation:
        """Raises Conflict where the request (or the id) is known, and Orphan where its guild or user is not."""
        row = self._link.insert(generations).values(_plain(generation)).on_conflict_do_nothing()
        if await self._link.row(row.returning(COLUMNS.id)) is None:
            raise Conflict("generation", generation.request_key)
        return generation

    async def get(self, id: str) -> Generation:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        return await self._get(id, lock=False)

    async def by_request_key(self, key: str) -> Generation | None:
        row = await self._link.row(select(generations).where(COLUMNS.request_key == key))
        return None if row is None else Generation(**row)

    async def update(
        self,
        id: str,  # noqa: A002 - it is the row's id
        *,
        expected_owner: str | None = None,
        **changes: object,
    ) -> Generation:
        """The row with `changes`. Raises NotFound, and LeaseLost where not `expected_owner` holds its lease."""
        known = await self._get(id, lock=True)
        if expected_owner is not None and known.lease_owner != expected_owner:
            raise LeaseLost(id, known.lease_owner)
        changed = evolve(known, **{"updated_at": self._link.now(), **changes})
        await self._link.run(update(generations).where(COLUMNS.id == id).values(_plain(changed)))
        return changed

    async def claim(self, owner: str, now: datetime, lease_until: datetime, limit: int) -> tuple[Generation, ...]:
        """Lease up to `limit` unfinished rows that are nobody's at `now`, oldest first. No row is given to two."""
        due = or_(COLUMNS.lease_until.is_(None), COLUMNS.lease_until <= now)
        wanted = select(COLUMNS.id).where(UNFINISHED, due).order_by(*OLDEST_FIRST).limit(max(0, limit))
        # SQLite's transactions exclude each other; PostgreSQL passes over rows that another claimer holds.
        rows = await self._link.rows(wanted.with_for_update(skip_locked=True))
        ids = [row["id"] for row in rows]
        if not ids:
            return ()
        lease = update(generations).where(COLUMNS.id.in_(ids)).values(lease_owner=owner, lease_until=lease_until)
        claimed = [Generation(**row) for row in await self._link.rows(lease.returning(*COLUMNS))]
        return tuple(sorted(claimed, key=lambda row: ids.index(row.id)))

    async def renew(self, owner: str, ids: Iterable[str], lease_until: datetime) -> frozenset[str]:
        """Hold on to rows; the ids of those that are still the owner's."""
        mine = update(generations).where(COLUMNS.id.in_(sorted(set(ids))), COLUMNS.lease_owner == owner)
        rows = await self._link.rows(mine.values(lease_until=lease_until).returning(COLUMNS.id))
        return frozenset(row["id"] for row in rows)

    async def release(self, id: str, owner: str) -> None:  # noqa: A002 - it is the row's id
        """Let go of a row at once. Nothing happens where it is another's by now."""
        mine = update(generations).where(COLUMNS.id == id, COLUMNS.lease_owner == owner)
        await self._link.run(mine.values(lease_owner=None, lease_until=None))

    async def untold(self, limit: int) -> tuple[Generation, ...]:
        """Rows whose member has not been told of their state, the longest waiting first."""
        waiting = select(generations).where(UNTOLD).order_by(COLUMNS.updated_at, COLUMNS.id).limit(max(0, limit))
        return tuple([Generation(**row) for row in await self._link.rows(waiting)])

    async def mark_told(self, id: str, state: GenerationState) -> None:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        if not await self._link.run(update(generations).where(COLUMNS.id == id).values(told=state)):
            raise NotFound("generation", id)

    async def of_guild(self, guild_id: int, limit: int, offset: int = 0) -> tuple[Generation, ...]:
        """Newest first."""
        newest = (COLUMNS.created_at.desc(), COLUMNS.id.desc())
        rows = select(generations).where(COLUMNS.guild_id == guild_id).order_by(*newest)
        found = await self._link.rows(rows.limit(max(0, limit)).offset(max(0, offset)))
        return tuple([Generation(**row) for row in found])

    async def _get(self, id: str, *, lock: bool) -> Generation:  # noqa: A002 - it is the row's id
        wanted = select(generations).where(COLUMNS.id == id)
        row = await self._link.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise NotFound("generation", id)
        return Generation(**row)


def _plain(generation: Generation) -> dict[str, object]:
    plain = asdict(generation, recurse=False)
    plain["reply_to"] = None if generation.reply_to is None else dict(generation.reply_to)
    return plain
