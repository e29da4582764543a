"""Favourites: the songs that a member likes."""

from __future__ import annotations

from attrs import frozen

from conductr_store import Store, User

from .access import Caller
from .catalog import song_views
from .outcomes import FavouriteSet, FavouritesShown
from .resolving import may_hear, song_or_current
from .steering import Steering

PAGE_SIZE = 10
LOOKED_AT = 1_000  # of a member's favourites


@frozen
class Favourites:
    store: Store
    steering: Steering

    async def toggle(self, caller: Caller, song: str | None = None, *, liked: bool | None = None) -> FavouriteSet:
        """The song that is named, else the one that plays. `liked`: as it shall be; None: the other way round.

        Raises UnknownSong, SeveralFound, NothingPlaying.
        """
        session = (await self.steering.now(caller.guild_id)).session
        async with self.store.begin() as tx:
            meant = await song_or_current(tx, caller, song, session)
            await tx.users.put(User(caller.user_id, caller.name))
            before = meant.id in await tx.favourites.among(caller.user_id, (meant.id,))
            wanted = not before if liked is None else liked
            if wanted:
                await tx.favourites.add(caller.user_id, meant.id)
            else:
                await tx.favourites.remove(caller.user_id, meant.id)
            count = (await tx.favourites.counts((meant.id,))).get(meant.id, 0)
            return FavouriteSet((await song_views(tx, (meant,)))[0], wanted, count)

    async def shown(self, caller: Caller, offset: int = 0) -> FavouritesShown:
        """Ten of them, the newest first; those that are not to be heard here are left out."""
        async with self.store.begin() as tx:
            liked = await tx.favourites.of(caller.user_id, limit=LOOKED_AT)
            songs = [one.song for one in liked if may_hear(caller, one.song)]
            offset = max(0, min(offset, max(0, len(songs) - 1)))
            page = await song_views(tx, songs[offset : offset + PAGE_SIZE])
            return FavouritesShown(page, offset, more=len(songs) > offset + PAGE_SIZE)
