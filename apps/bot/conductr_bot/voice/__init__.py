"""The bot's place in voice channels: a healed client, a sink for packets, one supervisor for all guilds.

Raises SetupError when it is imported where a library is missing without which Discord lets nobody speak.
"""

from .library import check_libraries

check_libraries()

from .client import HealedVoiceClient, check_pycord  # noqa: E402 - only where the libraries are there
from .events import VoiceEvents  # noqa: E402
from .identifying import guard_identify  # noqa: E402
from .news import VoiceNews  # noqa: E402
from .sink import VoiceSink  # noqa: E402
from .supervisor import Supervisor  # noqa: E402

__all__ = [
    "HealedVoiceClient",
    "Supervisor",
    "VoiceEvents",
    "VoiceNews",
    "VoiceSink",
    "check_pycord",
    "guard_identify",
]
