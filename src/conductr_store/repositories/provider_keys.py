"""Provider keys: users' own keys, sealed before they come here and opened only by who holds the ring."""

from __future__ import annotations

from secrets import token_hex

from attrs import evolve, frozen
from sqlalchemy import RowMapping, delete, func, select, update

from conductr_store.errors import NotFound, SealBroken
from conductr_store.link import Link
from conductr_store.records import ProviderKey, Resealed
from conductr_store.sealing import KeyRing, Sealed, Secret
from conductr_store.tables import provider_keys

COLUMNS = provider_keys.c
NAMES = tuple(column.name for column in COLUMNS)
OWNER = ("user_id", "provider")


@frozen(eq=False)
class ProviderKeys:
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
        key = evolve(key, sealed=ring.seal(secret, key.binding))
        row = self._link.insert(provider_keys).values(_plain(key))
        news = {name: row.excluded[name] for name in NAMES if name not in OWNER}
        await self._link.run(row.on_conflict_do_update(index_elements=[COLUMNS[name] for name in OWNER], set_=news))
        return key

    async def get(self, id: str) -> ProviderKey:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(provider_keys).where(COLUMNS.id == id))
        if row is None:
            raise NotFound("provider key", id)
        return _key(row)

    async def find(self, user_id: int, provider: str) -> ProviderKey | None:
        row = await self._link.row(
            select(provider_keys).where(COLUMNS.user_id == user_id, COLUMNS.provider == provider)
        )
        return None if row is None else _key(row)

    async def of_user(self, user_id: int) -> tuple[ProviderKey, ...]:
        """By provider."""
        wanted = select(provider_keys).where(COLUMNS.user_id == user_id).order_by(COLUMNS.provider)
        return tuple([_key(row) for row in await self._link.rows(wanted)])

    async def used(self, id: str) -> None:  # noqa: A002 - it is the row's id
        """It worked just now. Nothing happens where it was removed meanwhile."""
        news = {"used_at": self._link.now(), "refused_at": None, "refused_for": None}
        await self._link.run(update(provider_keys).where(COLUMNS.id == id).values(news))

    async def refused(self, id: str, reason: str) -> None:  # noqa: A002 - it is the row's id
        """The provider did not accept it: not to be tried again until the user puts one. `reason` is in our words."""
        news = {"refused_at": self._link.now(), "refused_for": reason}
        await self._link.run(update(provider_keys).where(COLUMNS.id == id).values(news))

    async def remove(self, user_id: int, provider: str) -> bool:
        """Whether there was one."""
        mine = delete(provider_keys).where(COLUMNS.user_id == user_id, COLUMNS.provider == provider)
        return bool(await self._link.run(mine))

    async def under(self) -> dict[str, int]:
        """How many secrets lie under each sealing key, by its name. One that is not here can be retired."""
        counted = select(COLUMNS.key_name, func.count().label("secrets")).group_by(COLUMNS.key_name)
        return {row["key_name"]: row["secrets"] for row in await self._link.rows(counted)}

    async def reseal(self, ring: KeyRing, *, after: str = "", limit: int = 100) -> Resealed:
        """Seal up to `limit` secrets of older keys under the ring's newest, in the order of their ids."""
        old = select(provider_keys).where(COLUMNS.key_name != ring.newest.name, COLUMNS.id > after)
        rows = await self._link.rows(old.order_by(COLUMNS.id).limit(limit).with_for_update())
        broken: list[str] = []
        for key in map(_key, rows):
            try:
                sealed = ring.renew(key.sealed, key.binding)
            except SealBroken:
                broken.append(key.id)
                continue
            news = {"key_name": sealed.key_name, "blob": sealed.blob}
            await self._link.run(update(provider_keys).where(COLUMNS.id == key.id).values(news))
        last = rows[-1]["id"] if len(rows) == limit else None
        return Resealed(count=len(rows) - len(broken), broken=tuple(broken), last_id=last)


def _plain(key: ProviderKey) -> dict[str, object]:
    own = {name: getattr(key, name) for name in NAMES if name not in {"key_name", "blob"}}
    return {**own, "key_name": key.sealed.key_name, "blob": key.sealed.blob}


def _key(row: RowMapping) -> ProviderKey:
    own = {name: row[name] for name in row if name not in {"key_name", "blob"}}
    return ProviderKey(**own, sealed=Sealed(row["key_name"], row["blob"]))
