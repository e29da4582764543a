"""Queues: each guild's player as it was last heard, to go on after a restart, and the log of what changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from attrs import asdict, frozen
from sqlalchemy import delete, insert, select, update

from conductr_store.clock import moment
from conductr_store.errors import Changed, Conflict
from conductr_store.faults import faultpoint
from conductr_store.link import Link
from conductr_store.records import QueueEvent, QueueSnapshot
from conductr_store.tables import queue_events, queues

from .leases import Leases

EVENTS = queue_events.c


@frozen(eq=False)
class Queues:
    _link: Link

    async def save(self, snapshot: QueueSnapshot, *, epoch: int | None = None) -> bool:
        """Keep the snapshot, unless a newer one is there; whether it was kept. Its version is the store's business.

        Raises Orphan without its guild, and LeaseLost where `epoch` is not that of the guild's lease.
        """
        await self._fence(snapshot.guild_id, epoch)
        plain = _plain(snapshot)
        row = self._link.insert(queues).values(plain)
        news = {name: row.excluded[name] for name in plain if name != "guild_id"}
        kept = row.on_conflict_do_update(
            index_elements=[queues.c.guild_id], set_=news, where=queues.c.seq <= row.excluded.seq
        )
        return await self._link.row(kept.returning(queues.c.seq)) is not None

    async def record(
        self,
        guild_id: int,
        *,
        command_id: str,
        kind: str,
        data: Mapping[str, object],
        snapshot: QueueSnapshot,
        expected_version: int | None = None,
        epoch: int | None = None,
    ) -> int:
        """What a command made of the queue, and that it did; the version. A known command gives the version it made.

        `expected_version` None: whatever it is. Raises Changed with the fresh snapshot where it is another, LeaseLost
        where `epoch` is not that of the guild's lease, Conflict where the command was another guild's, and Orphan.
        """
        await self._fence(guild_id, epoch)
        stored = await self._locked(snapshot, expected_version)
        made = await self.known(guild_id, command_id)
        if made is not None:
            return made
        if expected_version is not None and expected_version != stored.version:
            raise Changed("queue", stored)
        version = stored.version + 1
        newest = stored if stored.seq > snapshot.seq else snapshot  # the player may have gone on since the command
        news = {**_plain(newest), "version": version}
        await self._link.run(update(queues).where(queues.c.guild_id == guild_id).values(news))
        faultpoint("queue.in_tx")
        event = {"guild_id": guild_id, "version": version, "command_id": command_id, "kind": kind, "data": dict(data)}
        await self._link.run(insert(queue_events).values(**event, epoch=epoch, written_at=moment(self._link)))
        return version

    async def load(self, guild_id: int) -> QueueSnapshot | None:
        row = await self._link.row(select(queues).where(queues.c.guild_id == guild_id))
        return None if row is None else QueueSnapshot(**row)

    async def all(self) -> tuple[QueueSnapshot, ...]:
        """By guild."""
        rows = await self._link.rows(select(queues).order_by(queues.c.guild_id))
        return tuple([QueueSnapshot(**row) for row in rows])

    async def known(self, guild_id: int, command_id: str) -> int | None:
        """The version that the command made, if it is in the log. Raises Conflict where it was another guild's."""
        row = await self._link.row(select(queue_events).where(EVENTS.command_id == command_id))
        if row is not None and row["guild_id"] != guild_id:
            raise Conflict("command", command_id)
        return None if row is None else row["version"]

    async def events(self, guild_id: int, after_version: int = 0, limit: int = 100) -> tuple[QueueEvent, ...]:
        """What came after that version, in order. A first one that is not the next: look at the snapshot instead."""
        found = select(queue_events).where(EVENTS.guild_id == guild_id, EVENTS.version > after_version)
        rows = await self._link.rows(found.order_by(EVENTS.version).limit(max(0, limit)))
        return tuple([QueueEvent(**row) for row in rows])

    async def prune(self, older_than: timedelta) -> int:
        """Forget events that are that old, and so their commands' ids; how many. Snapshots stay."""
        old = EVENTS.written_at <= moment(self._link, -older_than)
        return await self._link.run(delete(queue_events).where(old))

    async def _fence(self, guild_id: int, epoch: int | None) -> None:
        if epoch is not None:
            await Leases(self._link).check(guild_id, epoch)

    async def _locked(self, first: QueueSnapshot, expected_version: int | None) -> QueueSnapshot:
        """The guild's row, nobody else's until the transaction ends; where there is none, `first` as version 0."""
        stored = await self._lock(first.guild_id)
        if stored is None and not expected_version:
            await self._link.run(self._link.insert(queues).values(_plain(first)).on_conflict_do_nothing())
            stored = await self._lock(first.guild_id)
        if stored is None:
            raise Changed("queue", None)
        return stored

    async def _lock(self, guild_id: int) -> QueueSnapshot | None:
        row = await self._link.row(select(queues).where(queues.c.guild_id == guild_id).with_for_update())
        return None if row is None else QueueSnapshot(**row)


def _plain(snapshot: QueueSnapshot) -> dict[str, object]:
    plain: dict[str, object] = asdict(snapshot, recurse=False)
    del plain["version"]
    return {**plain, "session": dict(snapshot.session)}
