"""Memberships: which user was seen in which guild, and with what rights. What Discord said last holds."""

from __future__ import annotations

from datetime import datetime

from attrs import asdict, frozen
from sqlalchemy import ColumnElement, and_, delete, select, update

from conductr_store.link import Link
from conductr_store.records import Membership
from conductr_store.tables import memberships

COLUMNS = memberships.c
PRESENT = COLUMNS.gone_at.is_(None)


@frozen(eq=False)
class Memberships:
    _link: Link

    async def see(self, membership: Membership) -> bool:
        """Remember it, unless something newer is known; whether it was kept. Raises Orphan without user or guild."""
        plain = {**asdict(membership), "role_ids": list(membership.role_ids)}
        row = self._link.insert(memberships).values(plain)
        news = {name: row.excluded[name] for name in plain if name not in {"guild_id", "user_id"}}
        kept = row.on_conflict_do_update(
            index_elements=[COLUMNS.guild_id, COLUMNS.user_id], set_=news, where=COLUMNS.seen_at <= row.excluded.seen_at
        )
        return await self._link.row(kept.returning(COLUMNS.user_id)) is not None

    async def gone(self, guild_id: int, user_id: int, at: datetime | None = None) -> bool:
        """The user has left, with all rights there. Nothing happens where something newer is known."""
        at = at or self._link.now()
        older = update(memberships).where(*_named(guild_id, user_id), COLUMNS.seen_at <= at)
        return bool(await self._link.run(older.values(gone_at=at, seen_at=at, role_ids=[], manages=False)))

    async def get(self, guild_id: int, user_id: int) -> Membership | None:
        row = await self._link.row(select(memberships).where(*_named(guild_id, user_id)))
        return None if row is None else Membership(**row)

    async def of_user(self, user_id: int) -> tuple[Membership, ...]:
        """The guilds where the user still is, by id."""
        wanted = select(memberships).where(COLUMNS.user_id == user_id, PRESENT).order_by(COLUMNS.guild_id)
        return tuple([Membership(**row) for row in await self._link.rows(wanted)])

    async def of_guild(self, guild_id: int, *, after: int = 0, limit: int = 100) -> tuple[Membership, ...]:
        """Those who still are there, by user id; the next page comes `after` the last one's."""
        there = and_(COLUMNS.guild_id == guild_id, COLUMNS.user_id > after, PRESENT)
        wanted = select(memberships).where(there).order_by(COLUMNS.user_id).limit(max(0, limit))
        return tuple([Membership(**row) for row in await self._link.rows(wanted)])

    async def prune(self, older_than: datetime) -> int:
        """Forget who left before that; how many."""
        return await self._link.run(delete(memberships).where(COLUMNS.gone_at < older_than))


def _named(guild_id: int, user_id: int) -> tuple[ColumnElement[bool], ...]:
    return COLUMNS.guild_id == guild_id, COLUMNS.user_id == user_id
