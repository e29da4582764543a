"""The same wish again in the same server: its song is offered and costs nothing, or whoever asks is asked back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from unicodedata import normalize

from attrs import frozen

from conductr_store import Generation, GenerationState, SongState, UnitOfWork

from .errors import AlreadyAsked
from .wishes import Wish


def wish_key(wish: Wish, model: str) -> str:
    """Equal for wishes that would be sent alike but for case and blanks. Nothing of their words can be read from it."""
    said = [wish.prompt, wish.style, wish.title, wish.lyrics]
    parts = [[_folded(text or "") for text in said], wish.instrumental, wish.model or model]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


CONFIRMED_WITHIN = timedelta(seconds=60)  # of the first asking: the same again may be a mistake
PRESSED_TWICE_WITHIN = timedelta(seconds=10)  # by one member: it is one
LOST_WITHIN = timedelta(days=1)  # what may have been taken is asked about so long, unless somebody decides it


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

    async def alike(self, tx: UnitOfWork, wish: Generation) -> tuple[Generation, ...]:
        """The same wish as it is in the making, or may be as its answer was lost; the newest first.

        Others who ask for the same wait until this transaction ends.
        """
        if not self.window or wish.wish_key is None:
            return ()
        return await tx.generations.asked_alike(wish.guild_id, wish.wish_key, CONFIRMED_WITHIN, LOST_WITHIN)


def pressed_twice(wish: Generation, twins: Sequence[Generation], *, anew: bool) -> Generation | None:
    """The same member's same wish of this moment; None where it is another.

    Who insists on a new one within the moment has pressed twice, too. Who does not is asked about a lost one.
    """
    for twin in twins:
        lately = wish.created_at - twin.created_at <= PRESSED_TWICE_WITHIN
        if lately and twin.user_id == wish.user_id and (anew or not is_lost(twin)):
            return twin
    return None


def is_lost(row: Generation) -> bool:
    """Whether nobody knows if it was taken, and paid for."""
    return row.state is GenerationState.UNKNOWN


def check_in_the_making(twins: Sequence[Generation]) -> None:
    """Raises AlreadyAsked."""
    for twin in twins:
        if not is_lost(twin):
            raise AlreadyAsked(twin.id)


def check_lost(twins: Sequence[Generation]) -> None:
    """Raises AlreadyAsked."""
    for twin in twins:
        if is_lost(twin):
            raise AlreadyAsked(twin.id, lost=True)


def _folded(text: str) -> str:
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())
