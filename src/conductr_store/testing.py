"""For tests of what stands on the store: a store in memory, and rows with nothing but defaults in them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from itertools import count

from .records import Generation, Guild, Playlist, Song, User
from .store import Store, UnitOfWork

A_USER = User(7, "Ada")
A_GUILD = Guild(11, "The Lounge")
_numbers = count(1)


def memory_store() -> AbstractAsyncContextManager[Store]:
    """SQLite that is gone at the end."""
    return Store.open("sqlite://")


def a_generation(**changes: object) -> Generation:
    """A fresh one of A_USER in A_GUILD: put them first."""
    number = next(_numbers)
    row: dict[str, object] = {
        "id": f"generation-{number}",
        "guild_id": A_GUILD.id,
        "user_id": A_USER.id,
        "request_key": f"request-{number}",
        "prompt": "a song about rain",
        "model": "V5_5",
    }
    return Generation(**{**row, **changes})  # pyright: ignore[reportArgumentType] - a test's changes


def a_song(generation: Generation, take: int = 0, **changes: object) -> Song:
    """A growing take of a stored generation."""
    row: dict[str, object] = {
        "id": f"song-{next(_numbers)}",
        "generation_id": generation.id,
        "take": take,
        "clip_id": f"clip-{next(_numbers)}",
        "guild_id": generation.guild_id,
        "owner_id": generation.user_id,
        "title": "Rain",
        "prompt": generation.prompt,
        "model": generation.model,
    }
    return Song(**{**row, **changes})  # pyright: ignore[reportArgumentType] - a test's changes


async def put_song(tx: UnitOfWork, **changes: object) -> Song:
    """A ready one, of a generation that has come to its end."""
    generation = await tx.generations.add(a_generation(state="finished"))
    ready: dict[str, object] = {"state": "ready", **changes}
    return await tx.songs.add(a_song(generation, 0, **ready))


def a_playlist(**changes: object) -> Playlist:
    """A_USER's own, with no song in it yet."""
    number = next(_numbers)
    row: dict[str, object] = {"id": f"playlist-{number}", "owner_id": A_USER.id, "name": f"Evenings {number}"}
    return Playlist(**{**row, **changes})  # pyright: ignore[reportArgumentType] - a test's changes


async def put_people(tx: UnitOfWork) -> None:
    await tx.users.put(A_USER)
    await tx.guilds.put(A_GUILD)
