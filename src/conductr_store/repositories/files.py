"""Files: the row of each file in Media. Who writes or deletes one says so here first: no two undo each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import asdict, frozen
from sqlalchemy import ColumnElement, exists, func, or_, select, update

from conductr_store.errors import MediaMissing, NotFound, StoreBusy
from conductr_store.link import Link
from conductr_store.records import FileKind, FileState, FilesTotal, MediaFile
from conductr_store.tables import EVICTABLE, cover_sizes, media_files, songs

COLUMNS = media_files.c
RECORD = tuple(column for column in COLUMNS if column.name != "folder")
SONGS_KEYS = {
    songs.c.audio_key: FileKind.AUDIO,
    songs.c.opus_key: FileKind.PACKETS,
    songs.c.cover_key: FileKind.COVER,
}

OF_SONGS = COLUMNS.kind != FileKind.OTHER  # nobody knows who else would name one


@frozen(eq=False)
class Files:
    _link: Link

    async def expect(self, file: MediaFile) -> MediaFile:
        """Say that the file is about to be put; its row as it is now. Raises StoreBusy while somebody deletes it."""
        fresh = self._link.insert(media_files).values(_plain(file)).on_conflict_do_nothing()
        if await self._link.row(fresh.returning(COLUMNS.key)) is not None:
            return file
        known = await self._get(file.key, lock=True)
        match known.state:
            case FileState.LEAVING:
                raise StoreBusy
            case FileState.READY:
                return await self._change(file.key, used_at=self._link.now())  # so that nobody evicts it now
            case _:
                now = self._link.now()
                return await self._change(
                    file.key, state=FileState.WRITING, size_bytes=file.size_bytes, changed_at=now, used_at=now
                )

    async def ready(self, key: str) -> MediaFile:
        """The file is there and whole. Raises MediaMissing where it was taken away meanwhile: put it again."""
        known = await self._get(key, lock=True)
        if known.state is FileState.READY:
            return known
        if known.state is not FileState.WRITING:
            raise MediaMissing(key)
        return await self._change(key, state=FileState.READY, changed_at=self._link.now())

    async def get(self, key: str) -> MediaFile:
        """Raises NotFound."""
        return await self._get(key, lock=False)

    async def known(self, keys: Iterable[str]) -> dict[str, MediaFile]:
        rows = await self._link.rows(select(*RECORD).where(COLUMNS.key.in_(sorted(set(keys)))))
        return {row["key"]: MediaFile(**row) for row in rows}

    async def played(self, keys: Iterable[str], at: datetime) -> None:
        """Unknown keys are passed over."""
        mine = COLUMNS.key.in_(sorted(set(keys)))
        await self._link.run(update(media_files).where(mine, COLUMNS.used_at < at).values(used_at=at))

    async def totals(self) -> tuple[FilesTotal, ...]:
        """By kind and state."""
        size = func.coalesce(func.sum(COLUMNS.size_bytes), 0).label("size_bytes")
        which = (COLUMNS.kind, COLUMNS.state)
        counted = select(*which, func.count().label("files"), size).group_by(*which).order_by(*which)
        rows = await self._link.rows(counted)
        return tuple(
            FilesTotal(FileKind(row["kind"]), FileState(row["state"]), row["files"], int(row["size_bytes"]))
            for row in rows
        )

    async def idlest(self, unused_since: datetime, limit: int) -> tuple[MediaFile, ...]:
        """Ready files that can be had again and were not used since then, the longest idle first."""
        idle = select(*RECORD).where(EVICTABLE, COLUMNS.used_at <= unused_since, COLUMNS.size_bytes.is_not(None))
        rows = await self._link.rows(idle.order_by(COLUMNS.used_at, COLUMNS.key).limit(max(0, limit)))
        return tuple(MediaFile(**row) for row in rows)

    async def under(self, folders: Iterable[str]) -> tuple[MediaFile, ...]:
        """Every row whose key begins with the two letters of one of the folders."""
        rows = await self._link.rows(select(*RECORD).where(COLUMNS.folder.in_(sorted(set(folders)))))
        return tuple(MediaFile(**row) for row in rows)

    async def named_by_songs(self, keys: Iterable[str]) -> dict[str, FileKind]:
        """Those of `keys` that are a song's, with what they are to it."""
        wanted = sorted(set(keys))
        found: dict[str, FileKind] = {}
        for column, kind in SONGS_KEYS.items():
            for row in await self._link.rows(select(column.label("key")).where(column.in_(wanted)).distinct()):
                found[row["key"]] = kind
        return found

    async def unnamed(self, folders: Iterable[str], before: datetime) -> frozenset[str]:
        """Keys of ready files of songs under the folders, unchanged and unused since then, that no song names."""
        old = (COLUMNS.changed_at < before, COLUMNS.used_at < before)
        mine = select(COLUMNS.key).where(COLUMNS.folder.in_(sorted(set(folders))), *old, OF_SONGS, ~_named())
        return frozenset(row["key"] for row in await self._link.rows(mine.where(COLUMNS.state == FileState.READY)))

    async def claim(self, keys: Iterable[str]) -> None:
        """Called in the transaction in which a song comes to name these files: none of them leaves before it ends.

        Raises MediaMissing where one has left, or is about to: keep it again.
        """
        wanted = sorted(set(keys))
        rows = select(COLUMNS.key, COLUMNS.state).where(COLUMNS.key.in_(wanted)).order_by(COLUMNS.key)
        found = {row["key"]: row["state"] for row in await self._link.rows(rows.with_for_update())}
        for key in wanted:
            if found.get(key) != FileState.READY:
                raise MediaMissing(key)
        await self._link.run(update(media_files).where(COLUMNS.key.in_(wanted)).values(used_at=self._link.now()))

    async def adopt(self, file: MediaFile) -> None:
        """A file that was found: known from now on, as READY, with its size."""
        now = self._link.now()
        known = {"state": FileState.READY, "size_bytes": file.size_bytes, "changed_at": now}
        row = self._link.insert(media_files).values(_plain(file) | known)
        unless = COLUMNS.state != FileState.LEAVING
        await self._link.run(row.on_conflict_do_update(index_elements=[COLUMNS.key], set_=known, where=unless))

    async def take_out(self, key: str, seen: MediaFile | None, *, unnamed: bool = False) -> bool:
        """LEAVING, so that it can be deleted; False where its row is no longer as it was seen: then hands off.

        `unnamed`: only while no song names it.
        """
        leaving = MediaFile(key=key, state=FileState.LEAVING)
        if seen is None:
            fresh = self._link.insert(media_files).values(_plain(leaving)).on_conflict_do_nothing()
            return await self._link.row(fresh.returning(COLUMNS.key)) is not None
        same = (COLUMNS.key == key, COLUMNS.state == seen.state, COLUMNS.changed_at == seen.changed_at)
        left = update(media_files).where(*same, COLUMNS.used_at == seen.used_at)
        if unnamed:
            left = left.where(~_named())
        return bool(await self._link.run(left.values(state=FileState.LEAVING, changed_at=self._link.now())))

    async def settle(self, key: str, before: FileState, state: FileState) -> bool:
        """From one state to another; False where it is no longer in the first."""
        known = update(media_files).where(COLUMNS.key == key, COLUMNS.state == before)
        return bool(await self._link.run(known.values(state=state, changed_at=self._link.now())))

    async def cover_sizes(self, cover_key: str) -> dict[int, str]:
        """The keys of a cover's sizes, in pixels; READY ones only. Empty where none were made."""
        sizes = select(cover_sizes.c.size_px, cover_sizes.c.key).join(media_files, COLUMNS.key == cover_sizes.c.key)
        mine = sizes.where(cover_sizes.c.cover_key == cover_key, COLUMNS.state == FileState.READY)
        return {row["size_px"]: row["key"] for row in await self._link.rows(mine.order_by(cover_sizes.c.size_px))}

    async def put_cover_sizes(self, cover_key: str, sizes: Mapping[int, str]) -> None:
        """Raises Orphan where one of the files is not known."""
        for size_px, key in sizes.items():
            row = self._link.insert(cover_sizes).values(cover_key=cover_key, size_px=size_px, key=key)
            same = [cover_sizes.c.cover_key, cover_sizes.c.size_px]
            await self._link.run(row.on_conflict_do_update(index_elements=same, set_={"key": key}))

    async def _change(self, key: str, **changes: object) -> MediaFile:
        row = await self._link.row(update(media_files).where(COLUMNS.key == key).values(changes).returning(*RECORD))
        if row is None:
            raise NotFound("file", key)
        return MediaFile(**row)

    async def _get(self, key: str, *, lock: bool) -> MediaFile:
        wanted = select(*RECORD).where(COLUMNS.key == key)
        row = await self._link.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise NotFound("file", key)
        return MediaFile(**row)


def _named() -> ColumnElement[bool]:
    """Whether a song names the file, or the cover of which it is one size."""
    sized = exists().where(cover_sizes.c.key == COLUMNS.key, songs.c.cover_key == cover_sizes.c.cover_key)
    return or_(*(exists().where(column == COLUMNS.key) for column in SONGS_KEYS), sized)


def _plain(file: MediaFile) -> dict[str, object]:
    return {**asdict(file), "folder": file.key[:2]}
