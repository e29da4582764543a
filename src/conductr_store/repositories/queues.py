"""Queues: each guild's player as it was last heard, so that it can go on after a restart."""

from __future__ import annotations

from attrs import asdict, frozen
from sqlalchemy import select

from conductr_store.link import Link
from conductr_store.records import QueueSnapshot
from conductr_store.tables import queues


@frozen(eq=False)
class Queues:
    _link: Link

    async def save(self, snapshot: QueueSnapshot) -> bool:
        """Keep the snapshot, unless a newer one is there; whether it was kept. Raises Orphan without its guild."""
        plain = asdict(snapshot, recurse=False) | {"session": dict(snapshot.session)}
        row = self._link.insert(queues).values(plain)
        news = {name: row.excluded[name] for name in plain if name != "guild_id"}
        kept = row.on_conflict_do_update(
            index_elements=[queues.c.guild_id], set_=news, where=queues.c.seq <= row.excluded.seq
        )
        return await self._link.row(kept.returning(queues.c.seq)) is not None

    async def load(self, guild_id: int) -> QueueSnapshot | None:
        row = await self._link.row(select(queues).where(queues.c.guild_id == guild_id))
        return None if row is None else QueueSnapshot(**row)

    async def all(self) -> tuple[QueueSnapshot, ...]:
        """By guild."""
        rows = await self._link.rows(select(queues).order_by(queues.c.guild_id))
        return tuple([QueueSnapshot(**row) for row in rows])
