"""Shelf: files with their rows. A row says ready only of a file that is there; what leaves has said so before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from anyio.to_thread import run_sync as in_thread
from attrs import frozen

from .covers import Sized, make_sizes
from .errors import MediaMissing
from .eviction import Idle, least_used
from .faults import faultpoint
from .keys import MediaKey
from .media import Media
from .records import FileKind, FileState, MediaFile
from .store import Store

COVER_SUFFIX = ".jpg"
SPARED = timedelta(hours=1)  # what was used so lately may be playing
AT_ONCE = 100  # rows looked at in one transaction


@frozen
class Freed:
    """What eviction did. `over_bytes` is by how much the files are still too large: the rest cannot be had again."""

    files: int
    freed_bytes: int
    over_bytes: int


@frozen(eq=False)
class Shelf:
    store: Store
    media: Media

    async def keep_file(
        self, source: Path | bytes, suffix: str, *, kind: FileKind, refetchable: bool = False
    ) -> MediaKey:
        """Keep a copy of the file, known and ready; its key. The same again is harmless.

        Raises MediaError, and StoreError: StoreBusy while a sweep deletes the same file. Nothing is half kept.
        """
        key = await self.media.key_of(source, suffix)
        size = len(source) if isinstance(source, bytes) else (await in_thread(source.stat)).st_size
        now = self.store.now()
        file = MediaFile(
            key=key, kind=kind, size_bytes=size, refetchable=refetchable, created_at=now, changed_at=now, used_at=now
        )
        await self.store.run(lambda tx: tx.files.expect(file))
        await self.media.put(key, source)
        await self.store.run(lambda tx: tx.files.ready(key))
        faultpoint("media.row_ready")
        return key

    async def keep_cover(self, picture: bytes) -> MediaKey:
        """Keep the picture in every size; the key of the largest. What it was before is not kept.

        Raises BadCover, and as `keep_file`.
        """
        sizes = await in_thread(make_sizes, picture)
        cover_key = await self._keep_size(sizes[0])
        await self._keep_sizes(cover_key, sizes)
        return cover_key

    async def cover_path(self, cover_key: str, size_px: int) -> Path:
        """A file with the cover at least so large, where it is: to be shown smaller. Made now, where it was not yet.

        Raises BadCover for an old one that is no picture, MediaError and StoreError.
        """
        async with self.store.begin() as tx:
            known = await tx.files.cover_sizes(cover_key)
        try:
            if best := _best(known, size_px):
                return await self.media.local_path(best)
        except MediaMissing:  # made anew, of the cover itself
            pass
        return await self._made_path(cover_key, size_px)

    async def make_room(self, quota_bytes: int) -> Freed:
        """Delete what was used least recently and can be had again, until the ready files take no more than that.

        What was used within SPARED stays. Raises MediaUnavailable, StoreError.
        """
        async with self.store.begin() as tx:
            totals = await tx.files.totals()
        over = sum(total.size_bytes for total in totals if total.state is FileState.READY) - quota_bytes
        files = freed = 0
        while over > 0:
            leaving = await self._take_idlest(over)
            if not leaving:
                break
            for file in leaving:
                await self.delete(file.key)
            size = sum(file.size_bytes or 0 for file in leaving)
            files, freed, over = files + len(leaving), freed + size, over - size
        return Freed(files, freed, max(0, over))

    async def let_go(self, keys: Collection[str]) -> int:
        """Delete the files of a song that is deleted, a cover in every size, unless another song has them; how many.

        Raises MediaUnavailable, StoreError: a sweep finishes what was begun.
        """
        async with self.store.begin() as tx:
            wanted = await tx.files.named_by_songs(keys)
            free = {key for key in keys if key not in wanted}
            for cover in tuple(free):
                free |= set((await tx.files.cover_sizes(cover)).values())
            rows = await tx.files.known(free)
            leaving = [key for key in sorted(free) if await tx.files.take_out(key, rows.get(key))]
        for key in leaving:
            await self.delete(key)
        return len(leaving)

    async def delete(self, key: str) -> None:
        """Of one that says LEAVING: the file, then its row says GONE. Raises MediaUnavailable, StoreError."""
        await self.media.delete(key)
        await self.store.run(lambda tx: tx.files.settle(key, FileState.LEAVING, FileState.GONE))

    async def _take_idlest(self, over_bytes: int) -> tuple[MediaFile, ...]:
        async with self.store.begin() as tx:
            files = await tx.files.idlest(self.store.now() - SPARED, AT_ONCE)
            idle = [Idle(file.key, file.size_bytes or 0, file.used_at.timestamp()) for file in files]
            chosen = {file.name for file in least_used(idle, over_bytes)}
            return tuple([file for file in files if file.key in chosen and await tx.files.take_out(file.key, file)])

    async def _keep_size(self, size: Sized) -> MediaKey:
        return await self.keep_file(size.data, COVER_SUFFIX, kind=FileKind.COVER)

    async def _keep_sizes(self, cover_key: str, sizes: tuple[Sized, ...]) -> dict[int, str]:
        kept = {size.size_px: str(await self._keep_size(size)) for size in sizes}
        await self.store.run(lambda tx: tx.files.put_cover_sizes(cover_key, kept))
        return kept

    async def _made_path(self, cover_key: str, size_px: int) -> Path:
        picture = await self.media.read(cover_key)
        sizes = await in_thread(make_sizes, picture)
        known = MediaFile(key=cover_key, kind=FileKind.COVER, size_bytes=len(picture))
        await self.store.run(lambda tx: tx.files.adopt(known))
        kept = await self._keep_sizes(cover_key, sizes)
        return await self.media.local_path(_best(kept, size_px) or cover_key)


def _best(sizes: dict[int, str], size_px: int) -> str | None:
    """The smallest that is large enough, else the largest."""
    fitting = sorted(size for size in sizes if size >= size_px) or sorted(sizes)[-1:]
    return sizes[fitting[0]] if fitting else None
