"""What the store hands out and takes in: frozen rows. Every moment in them is aware and in UTC."""

from .generations import FINAL_STATES, Generation, GenerationState
from .moments import now, utc
from .people import Guild, User
from .queues import QueueSnapshot
from .songs import Page, Song, SongState

__all__ = [
    "FINAL_STATES",
    "Generation",
    "GenerationState",
    "Guild",
    "Page",
    "QueueSnapshot",
    "Song",
    "SongState",
    "User",
    "now",
    "utc",
]
