"""A Discord on 127.0.0.1: REST, gateway, voice gateway and UDP, with or without DAVE."""

from .call import Call, Speaking
from .crypto import AES, XCHACHA
from .dave import Dave
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
    "Dave",
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
