"""The same wish again in the same server: its song is offered and costs nothing, or whoever asks is asked back."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from unicodedata import normalize

from attrs import frozen

from conductr_store import Generation, SongState, UnitOfWork

from .errors import AlreadyAsked
from .wishes import Wish


def wish_key(wish: Wish, model: str) -> str:
    """Equal for wishes that would be sent alike but for case and blanks. Nothing of their words can be read from it."""
    said = [wish.prompt, wish.style, wish.title, wish.lyrics]
    parts = [[_folded(text or "") for text in said], wish.instrumental, wish.model or model]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


CONFIRMED_WITHIN = timedelta(seconds=60)  # of the first asking: the same again may be a mistake
PRESSED_TWICE_WITHIN = timedelta(seconds=10)  # by one member: it is one


@frozen
class Repeats:
    """`window`: how long after it was asked for a song is offered again; zero: every wish is made, whoever asks."""

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

    async def under_way(self, tx: UnitOfWork, wish: Generation) -> Generation | None:
        """The same member's same wish of this moment, which they pressed twice; None where it is another.

        Others who ask for the same wait until this transaction ends. Raises AlreadyAsked where it is in the making.
        """
        if not self.window or wish.wish_key is None:
            return None
        for twin in await tx.generations.asked_alike(wish.guild_id, wish.wish_key, CONFIRMED_WITHIN):
            if twin.user_id == wish.user_id and wish.created_at - twin.created_at <= PRESSED_TWICE_WITHIN:
                return twin
            raise AlreadyAsked(twin.id)
        return None


def _folded(text: str) -> str:
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())
