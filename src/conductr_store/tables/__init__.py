"""The schema as Core tables, one file an aggregate."""

from .base import metadata
from .generations import UNFINISHED, UNTOLD, generations
from .people import guilds, users
from .queues import queues
from .songs import songs

__all__ = ["UNFINISHED", "UNTOLD", "generations", "guilds", "metadata", "queues", "songs", "users"]
