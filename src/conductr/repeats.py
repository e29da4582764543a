"""The same wish again in the same server: the song that was made of it is offered, and costs nothing."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from unicodedata import normalize

from attrs import frozen

from conductr_store import Generation, SongState, UnitOfWork

from .wishes import Wish


def wish_key(wish: Wish, model: str) -> str:
    """Equal for wishes that would be sent alike but for case and blanks. Nothing of their words can be read from it."""
    said = [wish.prompt, wish.style, wish.title, wish.lyrics]
    parts = [[_folded(text or "") for text in said], wish.instrumental, wish.model or model]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@frozen
class Repeats:
    """`window`: how long after it was asked for a song is offered again; zero never."""

    window: timedelta

    async def find(self, tx: UnitOfWork, guild_id: int, key: str, at: datetime) -> Generation | None:
        """The newest finished generation of that wish with a song that the whole server may hear, or None."""
        if not self.window:
            return None
        for made in await tx.generations.made_alike(guild_id, key, at - self.window):
            songs = await tx.songs.of_generation(made.id)
            if any(song.state is SongState.READY and song.open_to(None, guild_id) for song in songs):
                return made
        return None


def _folded(text: str) -> str:
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())
