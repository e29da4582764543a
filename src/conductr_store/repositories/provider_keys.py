"""Provider keys: users' and guilds' own keys, sealed before they come here and opened only by who holds the ring."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex
from typing import TypeVar

from attrs import evolve, frozen
from sqlalchemy import ColumnElement, RowMapping, Table, TextClause, delete, func, select, update

from conductr_store.errors import NotFound, SealBroken
from conductr_store.link import Link
from conductr_store.records import GuildKey, ProviderKey, Resealed
from conductr_store.sealing import KeyRing, Sealed, Secret
from conductr_store.tables import CURRENT, guild_keys, provider_keys

from .locking import alone

COLUMNS = provider_keys.c
OWNERS = {provider_keys: "user_id", guild_keys: "guild_id"}
SEALED = frozenset({"key_name", "blob"})
RETIRED_FOR = timedelta(days=2)  # longer than any song is waited for
AnyKey = ProviderKey | GuildKey
Kind = TypeVar("Kind", ProviderKey, GuildKey)


@frozen(eq=False)
class ProviderKeys:
    """An id names one key of either kind. One that is replaced or removed is retired: only `get` still gives it."""

    _link: Link

    async def put(self, user_id: int, provider: str, secret: Secret, ring: KeyRing) -> ProviderKey:
        """Keep the user's key for that provider, in place of any before, under a new id. Raises Orphan without user."""
        key = ProviderKey(
            id=token_hex(16),
            user_id=user_id,
            provider=provider,
            sealed=Sealed(ring.newest.name, b""),
            ending=secret.ending,
            created_at=self._link.now(),
        )
        return await self._put(provider_keys, evolve(key, sealed=ring.seal(secret, key.binding)))

    async def put_guild(
        self, guild_id: int, provider: str, secret: Secret, ring: KeyRing, *, brought_by: int
    ) -> GuildKey:
        """As `put`, for all of a guild. Raises Orphan where guild or user is not known."""
        key = GuildKey(
            id=token_hex(16),
            guild_id=guild_id,
            brought_by=brought_by,
            provider=provider,
            sealed=Sealed(ring.newest.name, b""),
            ending=secret.ending,
            created_at=self._link.now(),
        )
        return await self._put(guild_keys, evolve(key, sealed=ring.seal(secret, key.binding)))

    async def get(self, id: str) -> AnyKey:  # noqa: A002 - it is the row's id
        """Retired ones too, for two days. Raises NotFound."""
        for table in OWNERS:
            row = await self._link.row(select(table).where(table.c.id == id))
            if row is not None:
                return _key(table, row)
        raise NotFound("provider key", id)

    async def successor(self, key: AnyKey) -> AnyKey | None:
        """What the same owner brought for that provider in place of a retired one."""
        table = guild_keys if isinstance(key, GuildKey) else provider_keys
        row = await self._link.row(select(table).where(*_owned(table, _owner(key), key.provider)))
        return None if row is None else _key(table, row)

    async def find(self, user_id: int, provider: str) -> ProviderKey | None:
        mine = _owned(provider_keys, user_id, provider)
        row = await self._link.row(select(provider_keys).where(*mine))
        return None if row is None else _made(ProviderKey, row)

    async def of_user(self, user_id: int) -> tuple[ProviderKey, ...]:
        """By provider."""
        wanted = select(provider_keys).where(COLUMNS.user_id == user_id, CURRENT).order_by(COLUMNS.provider)
        return tuple([_made(ProviderKey, row) for row in await self._link.rows(wanted)])

    async def of_guild(self, guild_id: int) -> tuple[GuildKey, ...]:
        """By provider."""
        wanted = select(guild_keys).where(guild_keys.c.guild_id == guild_id, CURRENT).order_by(guild_keys.c.provider)
        return tuple([_made(GuildKey, row) for row in await self._link.rows(wanted)])

    async def used(self, id: str) -> None:  # noqa: A002 - it is the row's id
        """It worked just now. Nothing happens where it was removed meanwhile."""
        await self._note(id, {"used_at": self._link.now(), "refused_at": None, "refused_for": None})

    async def refused(self, id: str, reason: str) -> None:  # noqa: A002 - it is the row's id
        """The provider did not accept it: not to be tried again until another is put. `reason` is in our words."""
        await self._note(id, {"refused_at": self._link.now(), "refused_for": reason})

    async def remove(self, user_id: int, provider: str) -> bool:
        """Whether there was one."""
        return await self._retire(provider_keys, user_id, provider)

    async def remove_guild(self, guild_id: int, provider: str) -> bool:
        """Whether there was one."""
        return await self._retire(guild_keys, guild_id, provider)

    async def prune(self) -> int:
        """Forget those that were retired two days ago; how many there were."""
        before = self._link.now() - RETIRED_FOR
        return sum([await self._link.run(delete(table).where(table.c.retired_at <= before)) for table in OWNERS])

    async def under(self) -> dict[str, int]:
        """How many secrets lie under each sealing key, by its name. One that is not here can be retired."""
        found: dict[str, int] = {}
        for table in OWNERS:
            name = table.c.key_name
            for row in await self._link.rows(select(name, func.count().label("secrets")).group_by(name)):
                found[row["key_name"]] = found.get(row["key_name"], 0) + row["secrets"]
        return found

    async def reseal(self, ring: KeyRing, *, after: str = "", limit: int = 100) -> Resealed:
        """Seal up to `limit` secrets of older keys under the ring's newest, in the order of their ids."""
        old: list[tuple[Table, AnyKey]] = []
        for table in OWNERS:
            older = select(table).where(table.c.key_name != ring.newest.name, table.c.id > after)
            rows = await self._link.rows(older.order_by(table.c.id).limit(limit).with_for_update())
            old += [(table, _key(table, row)) for row in rows]
        batch = sorted(old, key=lambda one: one[1].id)[:limit]
        broken: list[str] = []
        for table, key in batch:
            try:
                sealed = ring.renew(key.sealed, key.binding)
            except SealBroken:
                broken.append(key.id)
                continue
            news = {"key_name": sealed.key_name, "blob": sealed.blob}
            await self._link.run(update(table).where(table.c.id == key.id).values(news))
        last = batch[-1][1].id if len(batch) == limit else None
        return Resealed(count=len(batch) - len(broken), broken=tuple(broken), last_id=last)

    async def _put(self, table: Table, key: Kind) -> Kind:
        await alone(self._link, "key", table.name, _owner(key), key.provider)
        await self._retire(table, _owner(key), key.provider)
        await self._link.run(self._link.insert(table).values(_plain(table, key)))
        return key

    async def _retire(self, table: Table, owner_id: int, provider: str) -> bool:
        """Whether there was one. What is being made with it can be paid for, and be asked for with it alone."""
        own = update(table).where(*_owned(table, owner_id, provider))
        return bool(await self._link.run(own.values(retired_at=self._link.now())))

    async def _note(self, id: str, news: dict[str, object]) -> None:  # noqa: A002 - it is the row's id
        for table in OWNERS:
            await self._link.run(update(table).where(table.c.id == id).values(news))


def _owner(key: AnyKey) -> int:
    return key.guild_id if isinstance(key, GuildKey) else key.user_id


def _owned(table: Table, owner_id: int, provider: str) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """The one that is not retired."""
    return table.c[OWNERS[table]] == owner_id, table.c.provider == provider, CURRENT


def _plain(table: Table, key: AnyKey) -> dict[str, object]:
    own = {column.name: getattr(key, column.name) for column in table.c if column.name not in SEALED}
    return {**own, "key_name": key.sealed.key_name, "blob": key.sealed.blob}


def _key(table: Table, row: RowMapping) -> AnyKey:
    return _made(GuildKey, row) if table is guild_keys else _made(ProviderKey, row)


def _made(kind: type[Kind], row: RowMapping) -> Kind:
    own = {name: row[name] for name in row if name not in SEALED}
    return kind(**own, sealed=Sealed(row["key_name"], row["blob"]))
