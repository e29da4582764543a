"""The JSON under /api."""

from .playback import playback_routes
from .songs import song_routes

__all__ = ["playback_routes", "song_routes"]
