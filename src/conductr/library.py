"""Library: the songs that a guild has made, to search, look at and take along."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from conductr_store import BadCover, NotFound, Shelf, Song, Store
from conductr_store.records import LibraryQuery, Order

from .catalog import song_views
from .errors import SongNotReady, UnknownSong
from .views import PageView, SongView

PAGE_LIMIT = 100  # songs a page at most
COVER_PX = 512  # as large as cards and pages show it


@frozen
class Library:
    store: Store
    shelf: Shelf

    async def search(self, guild_id: int, text: str = "", limit: int = 25, offset: int = 0) -> PageView:
        """The guild's songs in which every word of `text` is found, the best first; without words the newest first."""
        limit, offset = max(1, min(limit, PAGE_LIMIT)), max(0, offset)
        order = Order.BEST if text.strip() else Order.NEWEST
        query = LibraryQuery(guild_id=guild_id, text=text.strip(), order=order, limit=limit, offset=offset)
        async with self.store.begin() as tx:
            page = await tx.library.find(query)
            return PageView(await song_views(tx, page.items), page.total, offset)

    async def song(self, guild_id: int, song_id: str) -> SongView:
        """Raises UnknownSong, also for a song of another guild: not found and not yours look the same."""
        row = await self._row(guild_id, song_id)
        async with self.store.begin() as tx:
            return (await song_views(tx, (row,)))[0]

    async def cover(self, guild_id: int, song_id: str, size_px: int = COVER_PX) -> Path:
        """A file with the cover, at least so large where it is. Raises UnknownSong where there is none (yet)."""
        song = await self._row(guild_id, song_id)
        if song.cover_key is None:
            raise UnknownSong(song_id)
        try:
            return await self.shelf.cover_path(song.cover_key, size_px)
        except BadCover:  # of a library that was kept before covers were looked at: as it came
            return await self.shelf.media.local_path(song.cover_key)

    async def audio(self, guild_id: int, song_id: str) -> Path:
        """The song's own file, as the provider made it. Raises UnknownSong or SongNotReady."""
        song = await self._row(guild_id, song_id)
        if song.audio_key is None:
            raise SongNotReady(song.title)
        return await self.shelf.media.local_path(song.audio_key)

    async def _row(self, guild_id: int, song_id: str) -> Song:
        async with self.store.begin() as tx:
            try:
                song = await tx.songs.get(song_id)
            except NotFound as error:
                raise UnknownSong(song_id) from error
        if song.guild_id != guild_id:
            raise UnknownSong(song_id)
        return song
