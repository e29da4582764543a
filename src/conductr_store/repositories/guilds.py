"""Guilds: where music is made, and how each wants it."""

from __future__ import annotations

from attrs import asdict, evolve, frozen
from sqlalchemy import case, select, update

from conductr_store.errors import NotFound
from conductr_store.link import Link
from conductr_store.records import Guild
from conductr_store.tables import guilds


@frozen(eq=False)
class Guilds:
    _link: Link

    async def put(self, guild: Guild) -> None:
        """Remember the guild. A known one only learns its new name, if it has one: what it has set stays."""
        row = self._link.insert(guilds).values(asdict(guild))
        name = case((row.excluded.name == "", guilds.c.name), else_=row.excluded.name)
        await self._link.run(row.on_conflict_do_update(index_elements=[guilds.c.id], set_={"name": name}))

    async def get(self, id: int) -> Guild:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(guilds).where(guilds.c.id == id))
        if row is None:
            raise NotFound("guild", id)
        return Guild(**row)

    async def update(self, id: int, **changes: object) -> Guild:  # noqa: A002 - it is the row's id
        """Change what the guild has set. Raises NotFound."""
        changed = evolve(await self.get(id), **changes)
        await self._link.run(update(guilds).where(guilds.c.id == id).values(asdict(changed)))
        return changed
