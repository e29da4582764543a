"""The suno command. It needs the extra [cli]; nothing of it is imported by the client."""

from .entry import main

__all__ = ["main"]
