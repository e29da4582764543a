"""py-cord's VoiceClient as it stands after its handshake.

VoiceClient, VoiceConnectionState, AudioPlayer, `send_audio_packet`, RTP header, cipher (XChaCha20-Poly1305,
the only one that it negotiates) and socket are the real ones. Replaced are only the handshake, whose results
are put in place, and the voice websocket's `speak`. DAVE is off: nobody else is in the call.
"""

from __future__ import annotations

import asyncio
import os
import socket
from types import SimpleNamespace
from typing import Any

from discord.voice import VoiceClient
from discord.voice.enums import ConnectionFlowState


async def no_speaking(state: object = None) -> None:
    """What the voice websocket would tell Discord."""


def connected_client(guild: int, port: int) -> VoiceClient:
    """`guild` is its SSRC too."""
    loop = asyncio.get_running_loop()
    state = SimpleNamespace(loop=loop, self_id=1, user=SimpleNamespace(id=1))
    channel = SimpleNamespace(id=guild, guild=SimpleNamespace(id=guild))
    stand_in: Any = SimpleNamespace(_connection=state, loop=loop)
    client = VoiceClient(stand_in, channel)  # type: ignore[arg-type] - the part of a Channel that it looks at
    connection = client._connection
    connection.ssrc, connection.mode = guild, "aead_xchacha20_poly1305_rtpsize"
    connection.secret_key = list(os.urandom(32))
    connection.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    connection.socket.setblocking(False)
    connection.socket.connect(("127.0.0.1", port))
    connection.ws = SimpleNamespace(speak=no_speaking, latency=0.0)  # type: ignore[assignment] - as above
    connection.state = ConnectionFlowState.connected
    return client
