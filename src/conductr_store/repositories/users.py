"""Users: who asked for a song, by the name that they had last."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import asdict, frozen
from sqlalchemy import case, select

from conductr_store.errors import NotFound
from conductr_store.link import Link
from conductr_store.records import User
from conductr_store.tables import users


@frozen(eq=False)
class Users:
    _link: Link

    async def put(self, user: User) -> None:
        """Remember the user. An empty name does not replace a known one."""
        row = self._link.insert(users).values(asdict(user))
        name = case((row.excluded.name == "", users.c.name), else_=row.excluded.name)
        await self._link.run(row.on_conflict_do_update(index_elements=[users.c.id], set_={"name": name}))

    async def get(self, id: int) -> User:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(users).where(users.c.id == id))
        if row is None:
            raise NotFound("user", id)
        return User(**row)

    async def names(self, ids: Iterable[int]) -> dict[int, str]:
        """The names of those that are known."""
        rows = await self._link.rows(select(users).where(users.c.id.in_(sorted(set(ids)))))
        return {row["id"]: row["name"] for row in rows}
