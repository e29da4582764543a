"""Users: who they are, what they want, and all that is known of one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import asdict, evolve, frozen
from sqlalchemy import case, func, select, update

from conductr_store.errors import NotFound
from conductr_store.link import Link
from conductr_store.records import Export, Forgotten, User, UserSettings
from conductr_store.tables import user_settings, users

from . import personal
from .indexing import index_owner


@frozen(eq=False)
class Users:
    _link: Link

    async def put(self, user: User) -> None:
        """Remember the user. What is empty does not replace what is known, and the plan of a known one stays."""
        row = self._link.insert(users).values(asdict(user))
        news: dict[str, Any] = {
            name: func.coalesce(row.excluded[name], users.c[name]) for name in ("avatar", "locale", "email")
        }
        news["name"] = case((row.excluded.name == "", users.c.name), else_=row.excluded.name)
        await self._link.run(row.on_conflict_do_update(index_elements=[users.c.id], set_=news))
        if user.name:
            await index_owner(self._link, user.id, user.name)

    async def get(self, id: int) -> User:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(users).where(users.c.id == id))
        if row is None:
            raise NotFound("user", id)
        return User(**row)

    async def update(self, id: int, **changes: object) -> User:  # noqa: A002 - it is the row's id
        """Change what is known, the plan too. Raises NotFound."""
        changed = evolve(await self.get(id), **changes)
        news = {name: getattr(changed, name) for name in changes if name != "id"}
        if news:
            await self._link.run(update(users).where(users.c.id == id).values(news))
        if "name" in news:
            await index_owner(self._link, id, changed.name)
        return changed

    async def names(self, ids: Iterable[int]) -> dict[int, str]:
        """The names of those that are known by one."""
        wanted = select(users.c.id, users.c.name).where(users.c.id.in_(sorted(set(ids))), users.c.name != "")
        return {row["id"]: row["name"] for row in await self._link.rows(wanted)}

    async def settings(self, id: int) -> UserSettings:  # noqa: A002 - it is the row's id
        """What the user has set; the defaults for one who has set nothing, or is not known."""
        row = await self._link.row(select(user_settings).where(user_settings.c.user_id == id))
        return UserSettings() if row is None else UserSettings(**{name: row[name] for name in row if name != "user_id"})

    async def set(self, id: int, **changes: object) -> UserSettings:  # noqa: A002 - it is the row's id
        """Raises ValueError for what cannot be set, and Orphan without the user."""
        changed = evolve(await self.settings(id), **changes)
        row = self._link.insert(user_settings).values(user_id=id, **asdict(changed))
        news = {name: row.excluded[name] for name in changes}
        known = [user_settings.c.user_id]
        kept = row.on_conflict_do_update(index_elements=known, set_=news) if news else row.on_conflict_do_nothing()
        await self._link.run(kept)
        return changed

    async def export(self, id: int) -> Export:  # noqa: A002 - it is the row's id
        """All that is known of the user, ready for JSON, without secrets. Raises NotFound."""
        return await personal.export(self._link, await self.get(id))

    async def forget(self, id: int) -> Forgotten:  # noqa: A002 - it is the row's id
        """Erase the user: `personal.py` says what goes, and what stays in nobody's name.

        Raises NotFound, and StillSubscribed where money would still be taken.
        """
        return await personal.forget(self._link, id)
