"""Library: the songs that a guild has made, to search, look at and take along."""

from __future__ import annotations

from pathlib import Path

import anyio
from attrs import evolve, frozen

from conductr_store import BadCover, NotFound, Shelf, Song, Store
from conductr_store.records import LibraryQuery, Order

from .access import Caller
from .catalog import song_views
from .denials import TooLargeToSend
from .errors import SongNotReady, UnknownSong
from .filters import narrowed
from .outcomes import LibraryShown, SongExported
from .resolving import TEXT_LIMIT, may_hear, song_or_current
from .steering import Steering
from .views import PageView, SongView

PAGE_LIMIT = 100  # songs a page at most
COVER_PX = 512  # as large as cards and pages show it
SENT_AT_MOST = 10 * 1024 * 1024  # bytes of a file that Discord takes in a server without boosts
NAME_LIMIT = 80  # characters of a file's name
FURTHEST = 10_000  # songs that are passed over by number; who wants more searches


@frozen
class Library:
    store: Store
    shelf: Shelf
    steering: Steering

    async def search(self, guild_id: int, text: str = "", limit: int = 25, offset: int = 0) -> PageView:
        """The guild's songs in which every word of `text` is found, the best first; without words the newest first."""
        limit, offset = max(1, min(limit, PAGE_LIMIT)), max(0, offset)
        order = Order.BEST if text.strip() else Order.NEWEST
        query = LibraryQuery(guild_id=guild_id, text=text.strip(), order=order, limit=limit, offset=offset)
        async with self.store.begin() as tx:
            page = await tx.library.find(query)
            return PageView(await song_views(tx, page.items), page.total, offset)

    async def browse(
        self, caller: Caller, text: str = "", owner: int | None = None, offset: int = 0, limit: int = 10
    ) -> LibraryShown:
        """What the caller may hear here, as far as their filter narrows it: their own private songs, too."""
        text, offset = text[:TEXT_LIMIT].strip(), max(0, min(offset, FURTHEST))
        async with self.store.begin() as tx:
            narrowing = await tx.listening.narrowed(caller.guild_id, caller.user_id)
            wanted = narrowed(caller, narrowing, limit=max(1, min(limit, PAGE_LIMIT)))
            order = Order.BEST if text else Order.NEWEST
            page = await tx.library.find(evolve(wanted, text=text, owner_id=owner, order=order, offset=offset))
            songs = PageView(await song_views(tx, page.items), page.total, offset)
            names = {} if owner is None else await tx.users.names({owner})
            value = None if narrowing is None else narrowing.value
            whose = None if owner is None else names.get(owner, "someone")
            return LibraryShown(songs, text, value, whose, page.mended)

    async def song(self, caller: Caller, song_id: str) -> SongView:
        """Raises UnknownSong, also for one that is not theirs to hear: not found and not yours look the same."""
        row = await self._heard_by(caller, song_id)
        async with self.store.begin() as tx:
            return (await song_views(tx, (row,)))[0]

    async def export(self, caller: Caller, song: str | None = None, limit_bytes: int = SENT_AT_MOST) -> SongExported:
        """The file of the song that is named, else of the one that plays.

        Raises UnknownSong, SeveralFound, NothingPlaying, SongNotReady, TooLargeToSend.
        """
        session = (await self.steering.now(caller.guild_id)).session
        async with self.store.begin() as tx:
            meant = await song_or_current(tx, caller, song, session)
            view = (await song_views(tx, (meant,)))[0]
        if meant.audio_key is None:
            raise SongNotReady(meant.title)
        path = await self.shelf.media.local_path(meant.audio_key)
        size = (await anyio.Path(path).stat()).st_size
        if size > limit_bytes:
            raise TooLargeToSend(meant.title, size, limit_bytes)
        return SongExported(view, path, file_name(meant), size)

    async def cover(self, caller: Caller, song_id: str, size_px: int = COVER_PX) -> Path:
        """A file with the cover, at least so large where it is. Raises UnknownSong where there is none (yet)."""
        return await self._cover(await self._heard_by(caller, song_id), size_px)

    async def cover_playing(self, guild_id: int, song_id: str, size_px: int = COVER_PX) -> Path:
        """The cover of the song that plays there, for all who hear it: who queued a private one shows it to them.

        Raises UnknownSong where another plays by now, or there is none (yet).
        """
        current = (await self.steering.now(guild_id)).session.queue.current
        if current is None or current.track.id != song_id:
            raise UnknownSong(song_id)
        return await self._cover(await self._row(song_id), size_px)

    async def audio(self, caller: Caller, song_id: str) -> Path:
        """The song's own file, as the provider made it. Raises UnknownSong or SongNotReady."""
        song = await self._heard_by(caller, song_id)
        if song.audio_key is None:
            raise SongNotReady(song.title)
        return await self.shelf.media.local_path(song.audio_key)

    async def _cover(self, song: Song, size_px: int) -> Path:
        if song.cover_key is None:
            raise UnknownSong(song.id)
        try:
            return await self.shelf.cover_path(song.cover_key, size_px)
        except BadCover:  # of a library that was kept before covers were looked at: as it came
            return await self.shelf.media.local_path(song.cover_key)

    async def _heard_by(self, caller: Caller, song_id: str) -> Song:
        song = await self._row(song_id)
        if not may_hear(caller, song):
            raise UnknownSong(song_id)
        return song

    async def _row(self, song_id: str) -> Song:
        async with self.store.begin() as tx:
            try:
                return await tx.songs.get(song_id)
            except NotFound as error:
                raise UnknownSong(song_id) from error


def file_name(song: Song) -> str:
    """What the file is called for whoever takes it: letters, digits, spaces and hyphens of the title."""
    kept = "".join(char if char.isalnum() else " " if char.isspace() or char in "_./\\" else "" for char in song.title)
    name = " ".join(kept.split())[:NAME_LIMIT].strip() or "song"
    return f"{name}.mp3"
