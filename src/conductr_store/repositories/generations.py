"""Generations: wishes for songs, each worked on by one process at a time, by lease."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from attrs import asdict, evolve, frozen
from sqlalchemy import ColumnElement, and_, or_, select, update

from conductr_store.clock import moment
from conductr_store.errors import Conflict, LeaseLost, NotFound
from conductr_store.link import Link
from conductr_store.records import AttemptState, Generation, GenerationState
from conductr_store.tables import UNFINISHED, UNHEARD, UNTOLD, attempts, generations

from .locking import alone

COLUMNS = generations.c
OLDEST_FIRST = (COLUMNS.created_at, COLUMNS.id)
UNSENT = COLUMNS.state == GenerationState.REQUESTED
ALIKE = 10  # of the same wish that are looked at
AT_WORK = (AttemptState.SUBMITTING, AttemptState.ACCEPTED)


@frozen(eq=False)
class Generations:
    """Leases and due times are measured by the database's clock."""

    _link: Link

    async def add(self, generation: Generation, *, lease: timedelta | None = None) -> Generation:
        """The row, leased to its `lease_owner` for `lease` from now, where that is given.

        Raises Conflict where the request (or the id) is known, and Orphan where its guild or user is not.
        """
        values = _plain(generation)
        if lease is not None:
            values["lease_until"] = moment(self._link, lease)
        row = self._link.insert(generations).values(values).on_conflict_do_nothing()
        made = await self._link.row(row.returning(COLUMNS.lease_until))
        if made is None:
            raise Conflict("generation", generation.request_key)
        return evolve(generation, lease_until=made["lease_until"])

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
        due_in: timedelta | None = None,
        **changes: object,
    ) -> Generation:
        """The row with `changes`; `due_in` sets `lease_until`, so far from now.

        Raises NotFound, and LeaseLost where not `expected_owner` holds its lease.
        """
        known = await self._get(id, lock=True)
        if expected_owner is not None and known.lease_owner != expected_owner:
            raise LeaseLost(id, known.lease_owner)
        return await self._change(known, changes, due_in)

    async def change(
        self,
        id: str,  # noqa: A002 - it is the row's id
        changes: Mapping[str, object],
        *,
        due_in: timedelta | None = None,
    ) -> Generation:
        """As `update`, whoever holds the row's lease. Raises NotFound."""
        return await self._change(await self._get(id, lock=True), changes, due_in)

    async def _change(self, known: Generation, changes: Mapping[str, object], due_in: timedelta | None) -> Generation:
        changed = evolve(known, **{"updated_at": self._link.now(), **changes})
        values = _plain(changed)
        if due_in is not None:
            values["lease_until"] = moment(self._link, due_in)
        write = update(generations).where(COLUMNS.id == known.id).values(values)
        row = await self._link.row(write.returning(COLUMNS.lease_until))
        return changed if row is None else evolve(changed, lease_until=row["lease_until"])

    async def claim(
        self, owner: str, lease: timedelta, limit: int, *, but: Collection[GenerationState] = ()
    ) -> tuple[Generation, ...]:
        """Lease up to `limit` unfinished rows that are nobody's, oldest first; none in a state of `but`.

        No row is given to two.
        """
        free = select(COLUMNS.id).where(UNFINISHED, self._free(), COLUMNS.state.not_in(but))
        # SQLite's transactions exclude each other; PostgreSQL passes over rows that another claimer holds.
        wanted = free.order_by(*OLDEST_FIRST).limit(max(0, limit)).with_for_update(skip_locked=True)
        ids = [row["id"] for row in await self._link.rows(wanted)]
        if not ids:
            return ()
        held = update(generations).where(COLUMNS.id.in_(ids)).values(self._lease(owner, lease))
        claimed = [Generation(**row) for row in await self._link.rows(held.returning(*COLUMNS))]
        return tuple(sorted(claimed, key=lambda row: ids.index(row.id)))

    async def take(self, id: str, owner: str, lease: timedelta) -> Generation | None:  # noqa: A002 - it is the row's id
        """Lease this row, where it waits to be sent and is nobody's now. One that another writes to is passed over."""
        free = select(COLUMNS.id).where(COLUMNS.id == id, UNSENT, self._free()).with_for_update(skip_locked=True)
        mine = update(generations).where(COLUMNS.id.in_(free.scalar_subquery()))
        row = await self._link.row(mine.values(self._lease(owner, lease)).returning(*COLUMNS))
        return None if row is None else Generation(**row)

    async def renew(self, owner: str, ids: Iterable[str], lease: timedelta) -> frozenset[str]:
        """Hold on to rows; the ids of those that are still the owner's."""
        mine = update(generations).where(COLUMNS.id.in_(sorted(set(ids))), COLUMNS.lease_owner == owner)
        rows = await self._link.rows(mine.values(self._lease(owner, lease)).returning(COLUMNS.id))
        return frozenset(row["id"] for row in rows)

    async def release(self, id: str, owner: str) -> None:  # noqa: A002 - it is the row's id
        """Let go of a row at once. Nothing happens where it is another's by now."""
        mine = update(generations).where(COLUMNS.id == id, COLUMNS.lease_owner == owner)
        await self._link.run(mine.values(lease_owner=None, lease_until=None))

    async def waiting(self, limit: int) -> tuple[Generation, ...]:
        """Wishes that have not been sent, the oldest first, whoever holds them."""
        unsent = select(generations).where(UNFINISHED, UNSENT).order_by(*OLDEST_FIRST).limit(max(0, limit))
        return tuple([Generation(**row) for row in await self._link.rows(unsent)])

    async def due(self, ids: Collection[str]) -> frozenset[str]:
        """Those of the rows that are nobody's now, and not to be left alone until later."""
        rows = await self._link.rows(select(COLUMNS.id).where(COLUMNS.id.in_(sorted(ids)), self._free()))
        return frozenset(row["id"] for row in rows)

    async def at_work(self, within: timedelta) -> tuple[Generation, ...]:
        """Unfinished wishes that a provider was sent `within` the last time; what takes longer is stuck."""
        sent = select(attempts.c.generation_id).where(
            attempts.c.state.in_(AT_WORK), attempts.c.submitted_at >= moment(self._link, -within)
        )
        rows = await self._link.rows(select(generations).where(UNFINISHED, ~UNSENT, COLUMNS.id.in_(sent)))
        return tuple([Generation(**row) for row in rows])

    async def about_to_go(self) -> frozenset[str]:
        """Wishes that somebody holds and has not sent yet."""
        held = (UNSENT, COLUMNS.lease_owner.is_not(None), ~self._free())
        return frozenset(row["id"] for row in await self._link.rows(select(COLUMNS.id).where(UNFINISHED, *held)))

    async def line_up(self) -> None:
        """Until this transaction ends, others who ask for this wait: nobody else counts turns, or takes one.

        Wait for no row's lock after it.
        """
        await alone(self._link, "line")

    async def unfinished_of(self, guild_id: int, limit: int) -> tuple[Generation, ...]:
        rows = select(generations).where(UNFINISHED, COLUMNS.guild_id == guild_id).order_by(*OLDEST_FIRST)
        return tuple([Generation(**row) for row in await self._link.rows(rows.limit(max(0, limit)))])

    async def made_alike(self, guild_id: int, wish_key: str, since: datetime) -> tuple[Generation, ...]:
        """What came of the same wish since then, finished, the newest first."""
        alike = select(generations).where(
            COLUMNS.guild_id == guild_id,
            COLUMNS.wish_key == wish_key,
            COLUMNS.created_at >= since,
            COLUMNS.state == GenerationState.FINISHED,
        )
        rows = await self._link.rows(alike.order_by(COLUMNS.created_at.desc(), COLUMNS.id.desc()).limit(ALIKE))
        return tuple([Generation(**row) for row in rows])

    async def asked_alike(
        self, guild_id: int, wish_key: str, within: timedelta, lost_within: timedelta
    ) -> tuple[Generation, ...]:
        """The same wish, not cancelled, the newest first: asked for `within` and still in the making; and UNKNOWN.

        Until this transaction ends, others who ask for this wish wait.
        """
        await alone(self._link, "wish", guild_id, wish_key)
        at, lost = self._link.now(), COLUMNS.state == GenerationState.UNKNOWN
        alike = select(generations).where(
            COLUMNS.guild_id == guild_id,
            COLUMNS.wish_key == wish_key,
            COLUMNS.cancelled_at.is_(None),
            or_(and_(UNFINISHED, COLUMNS.created_at > at - within), and_(lost, COLUMNS.created_at > at - lost_within)),
        )
        rows = await self._link.rows(alike.order_by(COLUMNS.created_at.desc(), COLUMNS.id.desc()).limit(ALIKE))
        return tuple([Generation(**row) for row in rows])

    async def unheard(self, limit: int) -> tuple[Generation, ...]:
        """Kept songs that could not be queued and are still to be, the oldest first."""
        fresh = select(generations).where(UNHEARD, COLUMNS.unheard_until > self._link.now())
        rows = await self._link.rows(fresh.order_by(COLUMNS.unheard_until, COLUMNS.id).limit(max(0, limit)))
        return tuple([Generation(**row) for row in rows])

    async def turns_since(self, guild_ids: Collection[int], since: datetime) -> tuple[tuple[int, int], ...]:
        """Guild and member of each wish asked for since then that was sent and not refused."""
        had = select(COLUMNS.guild_id, COLUMNS.user_id).where(
            COLUMNS.guild_id.in_(sorted(guild_ids)),
            COLUMNS.created_at >= since,
            COLUMNS.state.not_in((GenerationState.REQUESTED, GenerationState.REFUSED)),
        )
        return tuple([(row["guild_id"], row["user_id"]) for row in await self._link.rows(had)])

    async def unknown(self, limit: int) -> tuple[Generation, ...]:
        """Wishes of which nobody knows whether they were taken, the oldest first."""
        unsettled = select(generations).where(COLUMNS.state == GenerationState.UNKNOWN).order_by(*OLDEST_FIRST)
        return tuple([Generation(**row) for row in await self._link.rows(unsettled.limit(max(0, limit)))])

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

    def _free(self) -> ColumnElement[bool]:
        return or_(COLUMNS.lease_until.is_(None), COLUMNS.lease_until <= moment(self._link))

    def _lease(self, owner: str, lease: timedelta) -> dict[str, object]:
        return {"lease_owner": owner, "lease_until": moment(self._link, lease)}


def _plain(generation: Generation) -> dict[str, object]:
    plain = asdict(generation, recurse=False)
    plain["reply_to"] = None if generation.reply_to is None else dict(generation.reply_to)
    return plain
