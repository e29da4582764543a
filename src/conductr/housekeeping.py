"""Housekeeping: once an hour what is too old goes, files that nobody wants go, and the disk's quota is kept."""

from __future__ import annotations

from datetime import timedelta
from logging import getLogger

import anyio
from attrs import frozen

from conductr_store import MediaError, Shelf, Store, StoreError, UnitOfWork, sweep

log = getLogger(__name__)

EVERY_S = 3_600.0
WEEK = timedelta(days=7)
MONTH = timedelta(days=31)
SEASON = timedelta(days=90)
YEAR = timedelta(days=366)


@frozen
class Housekeeping:
    """`quota_bytes` None: files may take the whole disk."""

    store: Store
    shelf: Shelf
    quota_bytes: int | None = None

    async def run(self) -> None:
        """Until cancelled; the first time at once. Trouble waits for the next hour."""
        while True:
            try:
                await self.once()
            except (StoreError, MediaError) as error:
                log.warning("housekeeping is tried again in an hour: %s", error)
            except Exception:  # a fire wall: the music does not depend on it
                log.exception("housekeeping stopped on something unforeseen; it is tried again in an hour")
            await anyio.sleep(EVERY_S)

    async def once(self) -> None:
        """Raises StoreError, MediaError; what was done by then stays done."""
        forgotten = await self.store.run(self._forget)
        swept = await sweep(self.shelf)
        if forgotten or swept.deleted or swept.unfinished:
            log.info("housekeeping: %s rows and %s files", forgotten, swept.deleted + swept.unfinished)
        if swept.missing or swept.wrong_size:
            log.error("files are not as they were kept: %s; see conductr doctor", (*swept.missing, *swept.wrong_size))
        if self.quota_bytes is not None:
            await self.shelf.media.trim(self.quota_bytes)  # copies of what lies elsewhere
            freed = await self.shelf.make_room(self.quota_bytes)
            if freed.over_bytes:
                log.warning("files are %s MB over the quota, and cannot be made again", freed.over_bytes // 1_000_000)

    async def _forget(self, tx: UnitOfWork) -> int:
        """What nobody will ask for again. A ledger's accounts outlive every plan's month and year."""
        at = self.store.now()
        return sum(
            [
                await tx.playlists.purge(),
                await tx.songs.purge(),
                await tx.queues.prune(WEEK),
                await tx.commands.prune(WEEK),
                await tx.notices.prune(MONTH),
                await tx.jobs.prune(MONTH),
                await tx.listening.prune(SEASON),
                await tx.ledger.prune(YEAR),
                await tx.sessions.prune(),
                await tx.provider_keys.prune(),
                await tx.memberships.prune(at - YEAR),
                await tx.billing.prune(at - YEAR),
                await tx.audit.prune(at - YEAR),
            ]
        )
