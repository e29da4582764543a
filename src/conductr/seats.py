"""Seats: in which voice channel each guild is played for, and by which process. Both outlive a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from logging import getLogger
from typing import Final

import anyio
from attrs import define, field

from conductr_store import Guild, Lease, Orphan, Store, StoreError, UnitOfWork, VoiceSeat

log = getLogger(__name__)

LEASE: Final = timedelta(seconds=30)
RENEW_EVERY_S: Final = 10.0  # two may fail before a lease ends


def _nobody(guild_id: int) -> None:
    """Nobody is told."""


@define(eq=False)
class Seats:
    """`lost` is told of a guild that another process plays for now."""

    store: Store
    lost: Callable[[int], None] = _nobody
    _held: dict[int, Lease] = field(factory=dict)
    _taken_over: set[int] = field(factory=set)

    async def take(self, guild_id: int, guild_name: str, channel_id: int, owner: str) -> int | None:
        """The seat is ours from now on: the epoch under which its queue is saved. None while another has the guild.

        `owner` is the same after a restart: then the new process takes over at once, and the old one's writes fail.
        Raises StoreError.
        """
        held = self._held.get(guild_id)

        async def work(tx: UnitOfWork) -> Lease | None:
            still = held is not None and bool(await tx.leases.renew([held], LEASE))
            lease = held if still else await tx.leases.acquire(guild_id, owner, LEASE)
            if lease is not None:
                await tx.voices.sit(guild_id, channel_id)
            return lease

        try:
            lease = await self.store.run(work)
        except Orphan:  # the first that is heard of this guild
            async with self.store.begin() as tx:
                await tx.guilds.put(Guild(guild_id, guild_name))
            lease = await self.store.run(work)
        if lease is None:
            self._held.pop(guild_id, None)
            self._taken_over.add(guild_id)
            return None
        self._held[guild_id] = lease
        self._taken_over.discard(guild_id)
        return lease.epoch

    async def move(self, guild_id: int, channel_id: int) -> None:
        """Sit in another channel of that guild. Raises StoreError."""
        async with self.store.begin() as tx:
            await tx.voices.sit(guild_id, channel_id)

    async def rise(self, guild_id: int) -> None:
        """Leave for good: a restart does not come back there. Not where the seat is another process's by now.

        Raises StoreError.
        """
        if guild_id not in self._taken_over:
            async with self.store.begin() as tx:
                await tx.voices.rise(guild_id)
        await self.let_go(guild_id)

    async def let_go(self, guild_id: int) -> None:
        """Another process may play there at once; the seat is kept for it. Raises StoreError."""
        if (lease := self._held.pop(guild_id, None)) is not None:
            async with self.store.begin() as tx:
                await tx.leases.release(lease)

    async def kept(self) -> tuple[VoiceSeat, ...]:
        """Seats to come back to, those that were taken last first. Raises StoreError."""
        async with self.store.begin() as tx:
            return await tx.voices.seats()

    async def identified(self, shard_id: int) -> tuple[datetime, ...]:
        """When the sessions of Discord's gateway began in the last day, oldest first. Raises StoreError."""
        async with self.store.begin() as tx:
            return await tx.voices.identified(shard_id)

    async def identify(self, shard_id: int) -> None:
        """Count one more. Raises StoreError."""
        async with self.store.begin() as tx:
            await tx.voices.identify(shard_id)

    async def run(self) -> None:
        """Hold on to what is held, until cancelled."""
        while True:
            await anyio.sleep(RENEW_EVERY_S)
            await self.renew()

    async def renew(self) -> None:
        """Once; `lost` is told of each guild that was taken over. Music goes on while the store is away."""
        held = tuple(self._held.values())
        if not held:
            return
        try:
            async with self.store.begin() as tx:
                still = {lease.guild_id for lease in await tx.leases.renew(held, LEASE)}
        except StoreError:
            log.warning("the leases of %d guilds could not be renewed; tried again in %g s", len(held), RENEW_EVERY_S)
            return
        for lease in held:
            if lease.guild_id not in still and self._held.get(lease.guild_id) is lease:
                del self._held[lease.guild_id]
                self._taken_over.add(lease.guild_id)
                self.lost(lease.guild_id)
