"""Sound changed on its way to the listener: decoded, altered and encoded again, in worker threads."""

from .rendition import Rendition
from .renditions import Renditions
from .seams import blend, cross, fade_out

__all__ = ["Rendition", "Renditions", "blend", "cross", "fade_out"]
