"""What a person leaves in a store by making songs."""

from __future__ import annotations

from typing import Any

from conductr_store import Generation, GenerationState, Song, SongState
from conductr_store.records import Visibility
from conductr_store.store import UnitOfWork
from conductr_store.testing import A_GUILD, a_generation, a_playlist, a_song


async def has_made_songs(tx: UnitOfWork, who: int, name: str) -> tuple[Generation, list[Song]]:
    """One song for the guild, one private that others speak of, one private, and one private that still grows."""
    wish = a_generation(
        user_id=who, prompt=f"wish of {name}", lyrics=f"words of {name}", reply_to={"token": f"of {name}"}
    )
    generation = await tx.generations.add(wish)
    kinds: list[dict[str, Any]] = [
        {"visibility": Visibility.GUILD, "title": "For all"},
        {"visibility": Visibility.PRIVATE, "title": "Spoken of"},
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.PRIVATE, "state": SongState.GROWING},
    ]
    songs = [
        await tx.songs.add(a_song(generation, take, **{"state": SongState.READY, "lyrics": "sung", **kind}))
        for take, kind in enumerate(kinds)
    ]
    await tx.generations.update(generation.id, state=GenerationState.FINISHED)
    await tx.favourites.add(who, songs[2].id)
    await tx.take_votes.cast(generation.id, who, 1)
    own = await tx.playlists.create(a_playlist(owner_id=who))
    guilds = await tx.playlists.create(a_playlist(owner_id=who, guild_id=A_GUILD.id))
    for playlist in (own, guilds):
        await tx.playlists.append(playlist.id, songs[0].id, who)
    await tx.playlists.activate(own.id, guild_id=A_GUILD.id, user_id=who)
    return generation, songs
