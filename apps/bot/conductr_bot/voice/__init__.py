"""The bot's place in voice channels: a healed client, a sink for packets, one supervisor a guild."""

from .client import HealedVoiceClient, check_pycord
from .sink import VoiceSink
from .supervisor import Supervisor

__all__ = ["HealedVoiceClient", "Supervisor", "VoiceSink", "check_pycord"]
