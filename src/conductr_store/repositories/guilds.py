"""Guilds: where music is made, and how each wants it."""

from __future__ import annotations

from datetime import datetime

from attrs import asdict, evolve, fields, frozen
from sqlalchemy import RowMapping, case, func, select, update

from conductr_store.errors import NotFound
from conductr_store.link import Link
from conductr_store.records import Guild, GuildSettings
from conductr_store.tables import guilds

SETTINGS = tuple(field.name for field in fields(GuildSettings))


@frozen(eq=False)
class Guilds:
    _link: Link

    async def put(self, guild: Guild) -> None:
        """Remember the guild, with the bot in it. A known one learns its new name and icon: what it has set stays."""
        row = self._link.insert(guilds).values(_plain(guild))
        news = {
            "name": case((row.excluded.name == "", guilds.c.name), else_=row.excluded.name),
            "icon": func.coalesce(row.excluded.icon, guilds.c.icon),
            "left_at": row.excluded.left_at,
        }
        await self._link.run(row.on_conflict_do_update(index_elements=[guilds.c.id], set_=news))

    async def get(self, id: int) -> Guild:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(guilds).where(guilds.c.id == id))
        if row is None:
            raise NotFound("guild", id)
        return _guild(row)

    async def settings(self, id: int) -> GuildSettings:  # noqa: A002 - it is the row's id
        """What the guild has set; the defaults for one that is not known."""
        row = await self._link.row(select(guilds).where(guilds.c.id == id))
        return GuildSettings() if row is None else _guild(row).settings

    async def update(self, id: int, **changes: object) -> Guild:  # noqa: A002 - it is the row's id
        """Change what the guild has set; the rest stays, also what somebody else sets meanwhile.

        Raises NotFound, ValueError for what cannot be set, TypeError for what no guild sets.
        """
        known = await self.get(id)
        changed = evolve(known.settings, **changes)
        if changes:
            news = {name: getattr(changed, name) for name in changes}
            await self._link.run(update(guilds).where(guilds.c.id == id).values(news))
        return evolve(known, settings=changed)

    async def set(self, id: int, **changes: object) -> GuildSettings:  # noqa: A002 - it is the row's id
        """The same as `update`, for who wants the settings alone."""
        return (await self.update(id, **changes)).settings

    async def left(self, id: int, at: datetime | None = None) -> None:  # noqa: A002 - it is the row's id
        """The bot is no longer in the guild. Raises NotFound."""
        if not await self._link.run(update(guilds).where(guilds.c.id == id).values(left_at=at or self._link.now())):
            raise NotFound("guild", id)


def _plain(guild: Guild) -> dict[str, object]:
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": guild.icon,
        "left_at": guild.left_at,
        **asdict(guild.settings),
    }


def _guild(row: RowMapping) -> Guild:
    settings = GuildSettings(**{name: row[name] for name in SETTINGS})
    return Guild(row["id"], row["name"], row["icon"], settings, row["left_at"])
