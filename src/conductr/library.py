"""Library: the songs that a guild has made, to search, look at and take along."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from conductr_store import Media, NotFound, Song, Store

from .catalog import song_views
from .errors import SongNotReady, UnknownSong
from .views import PageView, SongView

PAGE_LIMIT = 100  # songs a page at most


@frozen
class Library:
    store: Store
    media: Media

    async def search(self, guild_id: int, text: str = "", limit: int = 25, offset: int = 0) -> PageView:
        """The guild's songs whose title, style or prompt holds `text`, newest first."""
        limit, offset = max(1, min(limit, PAGE_LIMIT)), max(0, offset)
        async with self.store.begin() as tx:
            page = await tx.songs.search(guild_id=guild_id, text=text.strip(), limit=limit, offset=offset)
            return PageView(await song_views(tx, page.items), page.total, offset)

    async def song(self, guild_id: int, song_id: str) -> SongView:
        """Raises UnknownSong, also for a song of another guild: not found and not yours look the same."""
        row = await self._row(guild_id, song_id)
        async with self.store.begin() as tx:
            return (await song_views(tx, (row,)))[0]

    async def cover(self, guild_id: int, song_id: str) -> Path:
        """The cover's file. Raises UnknownSong where there is no song or no cover (yet)."""
        song = await self._row(guild_id, song_id)
        if song.cover_key is None:
            raise UnknownSong(song_id)
        return await self.media.local_path(song.cover_key)

    async def audio(self, guild_id: int, song_id: str) -> Path:
        """The song's own file, as the provider made it. Raises UnknownSong or SongNotReady."""
        song = await self._row(guild_id, song_id)
        if song.audio_key is None:
            raise SongNotReady(song.title)
        return await self.media.local_path(song.audio_key)

    async def _row(self, guild_id: int, song_id: str) -> Song:
        async with self.store.begin() as tx:
            try:
                song = await tx.songs.get(song_id)
            except NotFound as error:
                raise UnknownSong(song_id) from error
        if song.guild_id != guild_id:
            raise UnknownSong(song_id)
        return song
