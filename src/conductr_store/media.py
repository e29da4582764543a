"""Media: audio and covers, each named by the hash of its bytes, in a folder, in S3 or in memory."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from logging import getLogger
from pathlib import Path
from uuid import uuid4
from weakref import WeakValueDictionary

import anyio
import obstore
from anyio.to_thread import run_sync as in_thread

from . import disk
from .errors import MediaDamaged, MediaMissing, MediaUnavailable
from .eviction import least_used
from .faults import faultpoint
from .keys import MediaKey, checked, hash_in, is_key, key_for
from .places import CACHE_HINT, STAGING, folder_of, objects_of, place_of, words_of_trouble
from .sweeping import Found

log = getLogger(__name__)

CLEAN_UP_S = 5.0
Look = tuple[int, str | None, datetime]  # of an object: its size, its tag, when it was put


class Media:
    """`url` is a folder's path or file:// address, "s3://bucket/prefix" (set by AWS_ variables), or "memory://".

    What was put is whole under its key or not there, in a folder also after a power cut. asyncio only.
    """

    def __init__(self, url: str, *, cache: Path | None = None) -> None:
        """Makes the folder. Media that are in none need `cache` for `local_path`. Raises MediaUnavailable."""
        self.place = place_of(url)
        self._objects = objects_of(url)
        self._folder = folder_of(url)
        self._cache = cache
        self._seen_whole: dict[Path, disk.FilePrint] = {}  # files that were hashed, and how they looked then
        self._known_objects: dict[str, Look] = {}  # elsewhere: read whole once, and how they looked then
        self._fetching: WeakValueDictionary[str, anyio.Lock] = WeakValueDictionary()

    def __repr__(self) -> str:
        return f"<Media: {self.place}>"

    async def put_file(self, path: Path, suffix: str) -> MediaKey:
        """Keep a copy of the file; its key. The same bytes again are not written again.

        Raises MediaMissing where `path` is no file, MediaUnavailable, and ValueError for a suffix unlike ".mp3".
        """
        return await self.put(await self.key_of(path, suffix), path)

    async def put_bytes(self, data: bytes, suffix: str) -> MediaKey:
        """As `put_file`."""
        return await self.put(await self.key_of(data, suffix), data)

    async def key_of(self, source: Path | bytes, suffix: str) -> MediaKey:
        """The key under which it would be kept; nothing is written. Raises as `put_file`."""
        with words_of_trouble(self.place):
            if isinstance(source, bytes):
                return key_for(await in_thread(disk.hash_bytes, source), suffix)
            if not await in_thread(source.is_file):
                raise MediaMissing(source.name)
            return key_for(await in_thread(disk.hash_file, source), suffix)

    async def put(self, key: MediaKey, source: Path | bytes) -> MediaKey:
        """As `put_file`, for one whose key is `key_of` it."""
        with words_of_trouble(self.place):
            return await self._put(source, key)

    async def exists(self, key: str) -> bool:
        """Raises NotAMediaKey, MediaUnavailable."""
        known = checked(key)
        with words_of_trouble(self.place):
            try:
                await obstore.head_async(self._objects, known)
            except FileNotFoundError:
                return False
            return True

    async def read(self, key: str) -> bytes:
        """The bytes, checked against their hash. Raises MediaMissing, MediaDamaged, MediaUnavailable, NotAMediaKey."""
        known = checked(key)
        with words_of_trouble(self.place):
            try:
                answer = await obstore.get_async(self._objects, known)
                data = bytes(await answer.bytes_async())
            except FileNotFoundError as error:
                raise MediaMissing(known) from error
            if await in_thread(disk.hash_bytes, data) != hash_in(known):
                raise MediaDamaged(known)
            return data

    async def local_path(self, key: str) -> Path:
        """A file to read from: in a folder the file itself, else a copy that is fetched once. Raises as `read`."""
        known = checked(key)
        if self._folder is None:
            return await self._cached(known)
        with words_of_trouble(self.place):
            path = self._folder / known
            if not await in_thread(self._is_whole, path, known):
                raise MediaDamaged(known) if await in_thread(path.exists) else MediaMissing(known)
            return path

    async def listing(self, folder: str) -> tuple[Found, ...]:
        """Every file whose key begins with these two letters. Raises MediaUnavailable."""
        found: list[Found] = []
        with words_of_trouble(self.place):
            pages = obstore.list(self._objects, folder)  # pyright: ignore[reportUnknownMemberType] - of an extra
            async for some in pages:
                found += [Found(at["path"], at["size"], at["last_modified"]) for at in some if is_key(at["path"])]
        return tuple(found)

    async def delete(self, key: str) -> None:
        """Gone, here and in the cache; nothing happens where it is already. Raises NotAMediaKey, MediaUnavailable.

        Whoever has the file open goes on reading it.
        """
        known = checked(key)
        with words_of_trouble(self.place):
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._objects, known)
            for folder in (self._folder, self._cache):
                if folder is not None:
                    self._seen_whole.pop(folder / known, None)
            if self._cache is not None:
                await in_thread(disk.remove, self._cache / known)

    async def trim(self, quota_bytes: int) -> int:
        """Make the cache no larger than that: what was read least recently goes. How many bytes went.

        What is cached can always be fetched again. Nothing happens to media in a folder, which need no cache.
        """
        if self._folder is not None or self._cache is None:
            return 0
        with words_of_trouble(f"The media cache {self._cache}"):
            held = await in_thread(disk.idle_files, self._cache)
            ours = [file for file in held if is_key(file.name)]
            leaving = least_used(ours, sum(file.size_bytes for file in ours) - quota_bytes)
            for file in leaving:
                await in_thread(disk.remove, self._cache / file.name)
            return sum(file.size_bytes for file in leaving)

    async def sweep(self, older_than_s: float) -> int:
        """Delete what writers that died left unfinished so long ago; how many files."""
        swept = 0
        for folder in (self._folder, self._cache):
            if folder is not None:
                with words_of_trouble(self.place):
                    swept += await in_thread(disk.sweep, folder / STAGING, older_than_s)
        return swept

    async def _put(self, source: Path | bytes, key: MediaKey) -> MediaKey:
        if self._folder is None:
            if not await self._holds(key):
                await obstore.put_async(self._objects, key, source)
            return key
        if await in_thread(self._is_whole, self._folder / key, key):
            return key
        staged = f"{STAGING}/{uuid4().hex}"
        faultpoint("media.part_open")
        try:
            await obstore.put_async(self._objects, staged, source)
            faultpoint("media.part_written")
            if await in_thread(disk.hash_file, self._folder / staged) != hash_in(key):
                raise MediaDamaged(key)  # the disk, or somebody who still writes to the source
            await in_thread(disk.settle, self._folder / staged, self._folder / key, self._folder)
        finally:
            await _forget(self._folder / staged)
        return key

    async def _holds(self, key: MediaKey) -> bool:
        """Whether what lies there already is what its name says: read once by each process, then known by its look.

        It may have been put by anybody who can write there, or by a client that cut it. Then it is put anew.
        """
        try:
            found = await obstore.head_async(self._objects, key)
            look = (found["size"], found["e_tag"], found["last_modified"])
            if self._known_objects.get(key) != look:
                await self.read(key)
                self._known_objects[key] = look
        except (FileNotFoundError, MediaMissing):
            return False
        except MediaDamaged:
            log.error("%s held other bytes under %s; they are put anew", self.place, key)
            return False
        return True

    async def _cached(self, key: MediaKey) -> Path:
        if self._cache is None:
            raise MediaUnavailable(self.place, "no cache folder was named to read them by path", CACHE_HINT)
        path = self._cache / key
        lock = self._fetching.setdefault(key, anyio.Lock())
        async with lock:
            with words_of_trouble(f"The media cache {self._cache}"):
                if not await in_thread(self._is_whole, path, key):
                    await self._fetch(key, path, self._cache)
                await in_thread(disk.mark_read, path)
        return path

    async def _fetch(self, key: MediaKey, path: Path, cache: Path) -> None:
        data = await self.read(key)
        staged = cache / STAGING / uuid4().hex
        try:
            await in_thread(disk.write, staged, data)
            await in_thread(disk.settle, staged, path, cache)
        finally:
            await _forget(staged)

    def _is_whole(self, path: Path, key: MediaKey) -> bool:
        """Hashed at first sight, and when it has changed since: a rotted file is not played."""
        look = disk.print_of(path)
        if look is None:
            return False
        if self._seen_whole.get(path) != look:
            if disk.hash_file(path) != hash_in(key):
                return False
            self._seen_whole[path] = look
        return True


async def _forget(staged: Path) -> None:
    with anyio.move_on_after(CLEAN_UP_S, shield=True):
        await in_thread(disk.remove, staged)
