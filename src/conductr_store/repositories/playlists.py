"""Playlists: whose they are, who reads them, which is the active one, and how they go and come back."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from attrs import asdict, frozen
from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, select

from conductr_store.columns import readable
from conductr_store.errors import Conflict, NotFound
from conductr_store.records import RESTORED_WITHIN, Playlist
from conductr_store.tables import active_playlists, guild_playlists, playlists

from .in_playlists import COLUMNS, KEPT, RECORD, SHARED, InPlaylists
from .songs import fold

TOKEN_BYTES = 32
OWN_CHANGES = frozenset({"name", "collaborative"})


@frozen(eq=False)
class Playlists(InPlaylists):
    async def create(self, playlist: Playlist) -> Playlist:
        """Raises Conflict where its owner or guild has one of that name (or the id is known), and Orphan."""
        plain = asdict(playlist, recurse=False)
        del plain["shared"]
        row = self._link.insert(playlists).values(**plain, named_by=_named_by(playlist.name)).on_conflict_do_nothing()
        if await self._link.row(row.returning(COLUMNS.id)) is None:
            raise Conflict("playlist", playlist.name)
        return playlist

    async def get(self, id: str) -> Playlist:  # noqa: A002 - it is the row's id
        """Raises NotFound, also for a deleted one."""
        return await self._known(id)

    async def own(self, owner_id: int) -> tuple[Playlist, ...]:
        """A user's own, by name."""
        return await self._all(KEPT, _own(owner_id))

    async def of_guild(self, guild_id: int) -> tuple[Playlist, ...]:
        """By name."""
        return await self._all(KEPT, COLUMNS.guild_id == guild_id)

    async def named(self, name: str, *, owner_id: int, guild_id: int | None) -> Playlist | None:
        """The guild's of that name, in any case; the owner's own where no guild is given."""
        whose = _own(owner_id) if guild_id is None else COLUMNS.guild_id == guild_id
        found = await self._all(KEPT, whose, COLUMNS.named_by == _named_by(name))
        return found[0] if found else None

    async def update(self, id: str, *, expected_version: int | None = None, **changes: object) -> Playlist:  # noqa: A002
        """Change its `name` or `collaborative`. Raises NotFound, Changed, and Conflict for a name that is taken."""
        if unknown := changes.keys() - OWN_CHANGES:
            raise TypeError(f"{', '.join(sorted(unknown))} cannot be changed so")
        playlist = await self._locked(id, expected_version)
        if "name" in changes:
            changes["named_by"] = await self._free_name(playlist, str(changes["name"]))
        return await self._changed(playlist, **changes)

    async def share(self, id: str) -> str:  # noqa: A002 - it is the row's id
        """The token of a link under which anybody may read it; a former link ends. Only its hash is kept.

        Raises NotFound.
        """
        token = token_urlsafe(TOKEN_BYTES)
        await self._changed(await self._locked(id, None), share_hash=_hash(token))
        return token

    async def unshare(self, id: str) -> Playlist:  # noqa: A002 - it is the row's id
        """End the link. Raises NotFound."""
        return await self._changed(await self._locked(id, None), share_hash=None)

    async def by_token(self, token: str) -> Playlist | None:
        """What the link shows. Looked up by hash, so that no time tells how near a guess came."""
        found = await self._all(KEPT, COLUMNS.share_hash == _hash(token))
        return found[0] if found else None

    async def activate(self, id: str, *, guild_id: int, user_id: int | None = None) -> None:  # noqa: A002 - the row's id
        """Make it the one that is meant in a guild, by a member or, for None, by whoever chose none.

        Raises NotFound where it is neither the guild's nor the member's own.
        """
        playlist = await self._known(id)
        if not (playlist.guild_id == guild_id or (playlist.guild_id is None and playlist.owner_id == user_id)):
            raise NotFound("playlist", id)
        if user_id is None:
            row = self._link.insert(guild_playlists).values(guild_id=guild_id, playlist_id=id)
            whose = [guild_playlists.c.guild_id]
        else:
            row = self._link.insert(active_playlists).values(guild_id=guild_id, user_id=user_id, playlist_id=id)
            whose = [active_playlists.c.guild_id, active_playlists.c.user_id]
        await self._link.run(row.on_conflict_do_update(index_elements=whose, set_={"playlist_id": id}))

    async def deactivate(self, *, guild_id: int, user_id: int | None = None) -> None:
        """The guild or member has chosen none from now on."""
        await self._link.run(delete(_choices(user_id)).where(_choice(guild_id, user_id)))

    async def active(self, *, guild_id: int, user_id: int | None = None) -> Playlist | None:
        """The member's choice in the guild, else the guild's. One that was deleted is none, until it is restored."""
        for who in dict.fromkeys((user_id, None)):
            chosen = exists().where(_choices(who).c.playlist_id == COLUMNS.id, _choice(guild_id, who))
            if found := await self._all(KEPT, chosen):
                return found[0]
        return None

    async def delete(self, id: str, *, expected_version: int | None = None) -> Playlist:  # noqa: A002 - the row's id
        """To be restored for RESTORED_WITHIN. Its name is free and its link dead at once. Raises NotFound, Changed."""
        playlist = await self._locked(id, expected_version)
        return await self._changed(playlist, deleted_at=self._link.now(), share_hash=None)

    async def restorable(self, owner_id: int) -> tuple[Playlist, ...]:
        """The owner's deleted ones that can come back, in whatever guild, by name."""
        return await self._all(COLUMNS.owner_id == owner_id, COLUMNS.deleted_at > self._oldest())

    async def restore(self, id: str) -> Playlist:  # noqa: A002 - it is the row's id
        """As it was, its link apart. Raises NotFound after RESTORED_WITHIN, and Conflict where its name is taken."""
        wanted = _wanted(COLUMNS.id == id, COLUMNS.deleted_at > self._oldest())
        row = await self._link.row(wanted.with_for_update())
        if row is None:
            raise NotFound("deleted playlist", id)
        playlist = Playlist(**row)
        await self._free_name(playlist, playlist.name)
        return await self._changed(playlist, deleted_at=None)

    async def purge(self) -> int:
        """Remove for good what can no longer be restored; how many went."""
        return await self._link.run(delete(playlists).where(COLUMNS.deleted_at <= self._oldest()))

    def _oldest(self) -> datetime:
        return self._link.now() - RESTORED_WITHIN

    async def _free_name(self, playlist: Playlist, name: str) -> str:
        """Raises Conflict where another of the same owner or guild has it."""
        other = await self.named(name, owner_id=playlist.owner_id, guild_id=playlist.guild_id)
        if other is not None and other.id != playlist.id:
            raise Conflict("playlist", name)
        return _named_by(name)

    async def _all(self, *which: ColumnElement[bool]) -> tuple[Playlist, ...]:
        rows = await self._link.rows(_wanted(*which).order_by(COLUMNS.named_by, COLUMNS.id))
        return tuple([Playlist(**row) for row in rows])


def _wanted(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(*RECORD, SHARED).where(*which)


def _own(owner_id: int) -> ColumnElement[bool]:
    return and_(COLUMNS.owner_id == owner_id, COLUMNS.guild_id.is_(None))


def _choices(user_id: int | None) -> Table:
    return guild_playlists if user_id is None else active_playlists


def _choice(guild_id: int, user_id: int | None) -> ColumnElement[bool]:
    table = _choices(user_id)
    of_guild = table.c.guild_id == guild_id
    return of_guild if user_id is None else and_(of_guild, table.c.user_id == user_id)


def _named_by(name: str) -> str:
    """What makes two names one: case, and how many spaces there are, make no difference."""
    return readable(" ".join(fold(name).split()))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
