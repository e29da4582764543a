"""A Discord on 127.0.0.1: REST, gateway, voice gateway and UDP, per docs of July 2026."""

from .call import Call, Speaking
from .crypto import AES, XCHACHA
from .emulator import DiscordEmulator
from .interactions import Interaction
from .messages import Message
from .model import Channel, ChannelKind, Guild, Permission, User, default_guild
from .rest import Fault
from .voice_session import Packet

__all__ = [
    "AES",
    "XCHACHA",
    "Call",
    "Channel",
    "ChannelKind",
    "DiscordEmulator",
    "Fault",
    "Guild",
    "Interaction",
    "Message",
    "Packet",
    "Permission",
    "Speaking",
    "User",
    "default_guild",
]
