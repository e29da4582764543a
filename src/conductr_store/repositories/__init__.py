"""One repository per aggregate."""

from .generations import Generations
from .guilds import Guilds
from .queues import Queues
from .songs import Songs
from .users import Users

__all__ = ["Generations", "Guilds", "Queues", "Songs", "Users"]
