"""Leases: which process plays for a guild. Its epoch goes with each write, so that a late one of an old owner fails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from attrs import frozen
from sqlalchemy import or_, select, tuple_, update

from conductr_store.clock import moment
from conductr_store.errors import LeaseLost
from conductr_store.faults import faultpoint
from conductr_store.link import Link
from conductr_store.records import Lease
from conductr_store.tables import guild_leases

COLUMNS = guild_leases.c


@frozen(eq=False)
class Leases:
    _link: Link

    async def acquire(self, guild_id: int, owner: str, lease: timedelta) -> Lease | None:
        """The guild for `owner`, under a new epoch; None while another has it. Raises Orphan without its guild.

        An owner that has it already gets a new epoch too: what it was before may still be at work.
        """
        new = self._link.insert(guild_leases).values(
            guild_id=guild_id, owner=owner, epoch=1, until=moment(self._link, lease)
        )
        taken = {"owner": owner, "epoch": COLUMNS.epoch + 1, "until": new.excluded.until}
        free = or_(COLUMNS.until <= moment(self._link), COLUMNS.owner == owner)
        taking = new.on_conflict_do_update(index_elements=[COLUMNS.guild_id], set_=taken, where=free)
        row = await self._link.row(taking.returning(*COLUMNS))
        faultpoint("lease.acquired")
        return None if row is None else Lease(**row)

    async def renew(self, held: Iterable[Lease], lease: timedelta) -> tuple[Lease, ...]:
        """Hold on to guilds, all in one go; those that are still held, by guild. A missing one is lost."""
        pairs = sorted({(one.guild_id, one.epoch) for one in held})
        if not pairs:
            return ()
        mine = tuple_(COLUMNS.guild_id, COLUMNS.epoch).in_(pairs)
        renewed = update(guild_leases).where(mine).values(until=moment(self._link, lease))
        rows = await self._link.rows(renewed.returning(*COLUMNS))
        faultpoint("lease.renewed")
        return tuple(sorted([Lease(**row) for row in rows], key=lambda one: one.guild_id))

    async def release(self, held: Lease) -> bool:
        """Let go at once; whether it was still held."""
        mine = (COLUMNS.guild_id == held.guild_id, COLUMNS.epoch == held.epoch, COLUMNS.until > moment(self._link))
        return bool(await self._link.run(update(guild_leases).where(*mine).values(until=moment(self._link))))

    async def of_guild(self, guild_id: int) -> Lease | None:
        """The newest lease, which may have ended."""
        row = await self._link.row(select(guild_leases).where(COLUMNS.guild_id == guild_id))
        return None if row is None else Lease(**row)

    async def check(self, guild_id: int, epoch: int) -> None:
        """Nobody takes the guild over before this transaction ends. Raises LeaseLost where somebody has."""
        # SQLite's transactions exclude each other; on PostgreSQL whoever takes the guild over waits for this lock.
        found = select(guild_leases).where(COLUMNS.guild_id == guild_id).with_for_update(read=True)
        row = await self._link.row(found)
        if row is None or row["epoch"] != epoch:
            raise LeaseLost(f"guild {guild_id}", None if row is None else row["owner"])
