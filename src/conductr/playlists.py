"""Playlists: what members ask of their own and of their server's."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import SystemRandom
from uuid import uuid4

from attrs import frozen

from conductr_player import Enqueue, Entry, EntryId, Track, TrackId, UserId
from conductr_store import Conflict, NotFound, Playlist, Song, SongState, Store

from .access import Caller
from .catalog import song_views
from .denials import (
    AlreadyInPlaylist,
    EmptyPlaylist,
    NameTaken,
    NotInPlaylist,
    PlaylistFull,
    TooManyPlaylists,
    UnknownPlaylist,
)
from .labels import song_line
from .naming import free_name, name_of
from .outcomes import (
    AddedToPlaylist,
    Outcome,
    PlaylistCreated,
    PlaylistDeleted,
    PlaylistExported,
    PlaylistQueued,
    PlaylistRenamed,
    PlaylistRestored,
    PlaylistShown,
    PlaylistsShown,
    PlaylistSwitched,
    RemovedFromPlaylist,
)
from .preferences import Preferences
from .resolving import folded, may_hear, song_or_current, song_there
from .rights import Deed, decide
from .shelves import SONGS_LIMIT, Shelves
from .steering import Steering

PLAYLISTS_LIMIT = 50  # of one owner, and of one server
PAGE_SIZE = 10


@frozen
class Playlists:
    store: Store
    preferences: Preferences
    steering: Steering

    async def create(self, caller: Caller, name: str, *, here: bool = False) -> PlaylistCreated:
        """A member's own, or the server's. The first one is the active one.

        Raises BadName, NameTaken, TooManyPlaylists, NotAllowed.
        """
        name = name_of(name)
        async with self._open(caller) as shelves:
            if here:
                decide(Deed.PLAYLIST_SERVER, caller, None, shelves.settings)
            await shelves.know()
            known = await (shelves.here() if here else shelves.own())
            if len(known) >= PLAYLISTS_LIMIT:
                raise TooManyPlaylists(PLAYLISTS_LIMIT)
            guild_id = caller.guild_id if here else None
            playlist = Playlist(id=uuid4().hex, owner_id=caller.user_id, guild_id=guild_id, name=name)
            try:
                await shelves.tx.playlists.create(playlist)
            except Conflict as error:
                raise _taken(name, known) from error
            if await shelves.active() is None:
                who = None if here else caller.user_id
                await shelves.tx.playlists.activate(playlist.id, guild_id=caller.guild_id, user_id=who)
            return PlaylistCreated(await shelves.view(playlist))

    async def rename(self, caller: Caller, playlist: str, name: str) -> PlaylistRenamed:
        """Raises UnknownPlaylist, NotYourPlaylist, BadName, NameTaken."""
        name = name_of(name)
        async with self._open(caller) as shelves:
            meant = await shelves.meant(playlist)
            await shelves.check(meant, Deed.PLAYLIST_SERVER)
            try:
                renamed = await shelves.tx.playlists.update(meant.id, name=name)
            except Conflict as error:
                known = await (shelves.own() if meant.guild_id is None else shelves.here())
                raise _taken(name, known) from error
            return PlaylistRenamed(meant.name, await shelves.view(renamed))

    async def delete(self, caller: Caller, playlist: str) -> PlaylistDeleted:
        """Its songs stay. Raises UnknownPlaylist, NotYourPlaylist."""
        async with self._open(caller) as shelves:
            meant = await shelves.meant(playlist)
            await shelves.check(meant, Deed.DELETE_PLAYLIST)
            view = await shelves.view(meant)
            await shelves.tx.playlists.delete(meant.id)
            return PlaylistDeleted(view)

    async def restore(self, caller: Caller, playlist_id: str) -> PlaylistRestored:
        """One that the caller made and that was deleted within a week; a server's comes back there alone.

        Raises UnknownPlaylist, NotYourPlaylist, NameTaken.
        """
        async with self._open(caller) as shelves:
            lost = {one.id: one for one in await shelves.tx.playlists.restorable(caller.user_id)}
            if playlist_id not in lost or not shelves.sees(lost[playlist_id]):
                raise UnknownPlaylist(playlist_id)
            await shelves.check(lost[playlist_id], Deed.DELETE_PLAYLIST)
            try:
                return PlaylistRestored(await shelves.view(await shelves.tx.playlists.restore(playlist_id)))
            except Conflict as error:
                known = await (shelves.own() if lost[playlist_id].guild_id is None else shelves.here())
                raise _taken(lost[playlist_id].name, known) from error
            except NotFound as error:
                raise UnknownPlaylist(playlist_id) from error

    async def list(self, caller: Caller) -> PlaylistsShown:
        """The caller's own and the server's."""
        async with self._open(caller) as shelves:
            own, here = await shelves.own(), await shelves.here()
            return PlaylistsShown(await shelves.views(own), await shelves.views(here))

    async def show(self, caller: Caller, playlist: str | None, offset: int = 0) -> PlaylistShown:
        """Ten of its songs; those that are gone or hidden are left out. Raises UnknownPlaylist, NoActivePlaylist."""
        async with self._open(caller) as shelves:
            meant = await shelves.meant(playlist)
            songs = [place.song for place in await shelves.songs(meant) if may_hear(caller, place.song)]
            offset = max(0, min(offset, max(0, len(songs) - 1)))
            page = await song_views(shelves.tx, songs[offset : offset + PAGE_SIZE])
            return PlaylistShown(await shelves.view(meant), page, offset)

    async def add(self, caller: Caller, song: str | None = None, playlist: str | None = None) -> AddedToPlaylist:
        """The song that is named, else the one that plays, into the playlist that is named, else the active one.

        Raises UnknownSong, NothingPlaying, AlreadyInPlaylist, PlaylistFull, NotYourPlaylist, and as `show`.
        """
        session = (await self.steering.now(caller.guild_id)).session
        async with self._open(caller) as shelves:
            await shelves.know()
            meant = await shelves.meant(playlist)
            await shelves.check_songs(meant)
            added = await song_or_current(shelves.tx, caller, song, session)
            there = await shelves.songs(meant)
            at = next((place for place, each in enumerate(there, 1) if each.song.id == added.id), None)
            if at is not None:
                raise AlreadyInPlaylist(added.title, meant.name, at)
            if len(there) >= SONGS_LIMIT:
                raise PlaylistFull(meant.name, SONGS_LIMIT)
            try:
                changed = await shelves.tx.playlists.append(meant.id, added.id, caller.user_id)
            except Conflict as error:  # somebody was quicker
                raise AlreadyInPlaylist(added.title, meant.name, len(there) + 1) from error
            return AddedToPlaylist(added.title, await shelves.view(changed), len(there) + 1)

    async def remove(self, caller: Caller, song: str, playlist: str | None = None) -> RemovedFromPlaylist:
        """By id, by its number there, or by its title. Raises NotInPlaylist, NotYourPlaylist, and as `show`."""
        async with self._open(caller) as shelves:
            meant = await shelves.meant(playlist)
            await shelves.check_songs(meant)
            gone = song_there(song, [place.song for place in await shelves.songs(meant)])
            if gone is None:
                raise NotInPlaylist(meant.name)
            try:
                changed = await shelves.tx.playlists.remove(meant.id, gone.id)
            except NotFound as error:
                raise NotInPlaylist(meant.name) from error
            return RemovedFromPlaylist(gone.title, await shelves.view(changed), gone.id)

    async def switch(self, caller: Caller, playlist: str | None, *, here: bool = False) -> PlaylistSwitched:
        """Which one is meant where none is named, by the caller, or `here` by all who chose none; None: none is.

        Raises UnknownPlaylist, and NotAllowed where the server's is not the caller's to choose.
        """
        seen = await self.steering.look(caller)
        if here:
            decide(Deed.SWITCH_SERVER, caller, seen.now.room, seen.settings)
        who = None if here else caller.user_id
        async with self._open(caller) as shelves:
            await shelves.know()
            before = await (shelves.active_here() if here else shelves.active())
            if playlist is None:
                await shelves.tx.playlists.deactivate(guild_id=caller.guild_id, user_id=who)
                return PlaylistSwitched(None, here, changed=before is not None)
            meant = await shelves.meant(playlist)
            if here and meant.guild_id is None:
                raise UnknownPlaylist(playlist)  # a member's own is nobody else's to hear of
            await shelves.tx.playlists.activate(meant.id, guild_id=caller.guild_id, user_id=who)
            changed = before is None or before.id != meant.id
            return PlaylistSwitched(await shelves.view(meant), here, changed)

    async def play(self, caller: Caller, playlist: str | None = None, *, shuffle: bool = False) -> Outcome:
        """Queue what can be heard of it, as much as fits; the server's active one where none is named.

        Raises NotInVoice, EmptyPlaylist, QueueFull, MemberCapReached, and as `show`.
        """
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            self.steering.may(caller, seen, Deed.QUEUE)
            async with self._open(caller) as shelves:
                await shelves.know()
                active = None if playlist else await shelves.active_here()
                meant = active or await shelves.meant(playlist)
                view, places = await shelves.view(meant), await shelves.songs(meant)
            songs = [place.song for place in places if _playable(caller, place.song)]
            if not songs:
                raise EmptyPlaylist(meant.name)
            if shuffle:
                SystemRandom().shuffle(songs)
            entries = tuple(_entry(song, caller) for song in songs)
            carried = await self.steering.carry(caller, seen, Deed.QUEUE, Enqueue(entries))
            assert carried.session is not None
            here = {entry.id for entry in carried.session.queue.entries()}
            let_in = [song for entry, song in zip(entries, songs, strict=True) if entry.id in here]
            gone, left = len(places) - len(songs), len(songs) - len(let_in)
            total_s = sum(song.duration_s or 0.0 for song in let_in)
            return PlaylistQueued(view, len(let_in), len(places), total_s, gone, left, caller.name)

    async def export(self, caller: Caller, playlist: str | None) -> PlaylistExported:
        """Its songs as lines of text. Raises UnknownPlaylist, NoActivePlaylist."""
        async with self._open(caller) as shelves:
            meant = await shelves.meant(playlist)
            songs = [place.song for place in await shelves.songs(meant) if may_hear(caller, place.song)]
            lines = [f"{number}. {song_line(song)}" for number, song in enumerate(songs, 1)]
            return PlaylistExported(await shelves.view(meant), "\n".join([meant.name, "", *lines]) + "\n")

    @asynccontextmanager
    async def _open(self, caller: Caller) -> AsyncGenerator[Shelves]:
        settings = await self.preferences.of(caller.guild_id)
        async with self.store.begin() as tx:
            yield Shelves(tx, caller, settings)


def _taken(name: str, known: tuple[Playlist, ...]) -> NameTaken:
    names = {folded(one.name) for one in known}
    return NameTaken(name, free_name(name, lambda wanted: folded(wanted) in names))


def _playable(caller: Caller, song: Song) -> bool:
    return may_hear(caller, song) and (song.state is SongState.READY or song.stream_url is not None)


def _entry(song: Song, caller: Caller) -> Entry:
    return Entry(EntryId(uuid4().hex), Track(TrackId(song.id), song.title, song.duration_s), UserId(caller.user_id))
