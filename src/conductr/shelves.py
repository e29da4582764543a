"""Shelves: which playlist a person means, and what they may do with it. For one open transaction."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from conductr_store import GuildSettings, NotFound, Playlist, PlaylistSong, UnitOfWork, User

from .access import Caller
from .denials import NoActivePlaylist, NotYourPlaylist, SeveralFound, UnknownPlaylist
from .labels import playlist_label
from .rights import Deed, NotAllowed, decide
from .saved import know_guild
from .views import Choice, PlaylistView

SONGS_LIMIT = 500  # songs of a playlist


@frozen
class Shelves:
    """`settings` are the server's. What others own alone is not seen, and looks like nothing."""

    tx: UnitOfWork
    caller: Caller
    settings: GuildSettings

    async def know(self) -> None:
        """The rows that others point at."""
        await self.tx.users.put(User(self.caller.user_id, self.caller.name))
        await know_guild(self.tx, self.caller.guild_id, self.caller.guild_name)

    async def own(self) -> tuple[Playlist, ...]:
        return await self.tx.playlists.own(self.caller.user_id)

    async def here(self) -> tuple[Playlist, ...]:
        return await self.tx.playlists.of_guild(self.caller.guild_id)

    async def meant(self, text: str | None) -> Playlist:
        """By id or name; the active one where none is named.

        Raises UnknownPlaylist, NoActivePlaylist, SeveralFound where the member and the server have one of that name.
        """
        if not text:
            active = await self.active()
            if active is None:
                raise NoActivePlaylist
            return active
        try:
            playlist = await self.tx.playlists.get(text)
        except NotFound:
            return await self._named(text)
        if not self.sees(playlist):
            raise UnknownPlaylist(text)
        return playlist

    async def active(self) -> Playlist | None:
        return await self.tx.playlists.active(guild_id=self.caller.guild_id, user_id=self.caller.user_id)

    async def active_here(self) -> Playlist | None:
        return await self.tx.playlists.active(guild_id=self.caller.guild_id)

    def sees(self, playlist: Playlist) -> bool:
        if playlist.guild_id is not None:
            return playlist.guild_id == self.caller.guild_id
        return playlist.owner_id == self.caller.user_id

    async def check(self, playlist: Playlist, deed: Deed) -> None:
        """The owner's, and for a server's own playlist who has the right. Raises NotYourPlaylist."""
        try:
            decide(deed, self.caller, None, self.settings, about=frozenset({playlist.owner_id}))
        except NotAllowed as error:
            raise NotYourPlaylist(playlist.name, await self._owner(playlist)) from error

    async def check_songs(self, playlist: Playlist) -> None:
        """Whether its songs may be changed. Raises NotYourPlaylist."""
        if not playlist.changeable_by(self.caller.user_id, self.caller.guild_id):
            await self.check(playlist, Deed.PLAYLIST_SERVER)

    async def songs(self, playlist: Playlist) -> tuple[PlaylistSong, ...]:
        return await self.tx.playlists.songs(playlist.id, limit=SONGS_LIMIT)

    async def view(self, playlist: Playlist) -> PlaylistView:
        return (await self.views((playlist,)))[0]

    async def views(self, playlists: Iterable[Playlist]) -> tuple[PlaylistView, ...]:
        rows = tuple(playlists)
        counts = await self.tx.playlists.counts(row.id for row in rows)
        names = await self.tx.users.names({row.owner_id for row in rows})
        active = {one.id for one in (await self.active(), await self.active_here()) if one is not None}
        return tuple(
            PlaylistView(
                id=row.id,
                name=row.name,
                owner_id=row.owner_id,
                owner_name=names.get(row.owner_id, "someone"),
                guild_id=row.guild_id,
                songs=counts.get(row.id, 0),
                version=row.version,
                active=row.id in active,
                collaborative=row.collaborative,
            )
            for row in rows
        )

    async def _named(self, text: str) -> Playlist:
        named = [
            await self.tx.playlists.named(text, owner_id=self.caller.user_id, guild_id=guild_id)
            for guild_id in (None, self.caller.guild_id)
        ]
        found = [playlist for playlist in named if playlist is not None]
        if not found:
            raise UnknownPlaylist(text)
        if len(found) > 1:
            counts = await self.tx.playlists.counts(one.id for one in found)
            choices = (Choice(playlist_label(one, counts.get(one.id, 0)), one.id) for one in found)
            raise SeveralFound(text, tuple(choices))
        return found[0]

    async def _owner(self, playlist: Playlist) -> str:
        return (await self.tx.users.names({playlist.owner_id})).get(playlist.owner_id, "someone")
