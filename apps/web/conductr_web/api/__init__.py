"""The JSON under /api, and what gateways call back."""

from .callbacks import CALLBACKS, callback_routes
from .playback import playback_routes
from .songs import song_routes

__all__ = ["CALLBACKS", "callback_routes", "playback_routes", "song_routes"]
