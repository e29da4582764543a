"""py-cord's voice websocket, healed from outside: discovery on the loop, the quickest cipher, DAVE that survives."""

from __future__ import annotations

import asyncio
import struct
import time
from logging import getLogger
from typing import TYPE_CHECKING, Any, cast

import discord
from discord.errors import ConnectionClosed
from discord.voice.enums import OpCodes
from discord.voice.gateway import VoiceWebSocket

from conductr_player.rtp import quickest_modes

if TYPE_CHECKING:
    from .connection import HealedState

log = getLogger(__name__)

DISCOVERY_BYTES = 74  # of an IP discovery packet, either way (discord.md 4.5)
DISCOVERY_REPLY = 2
DISCOVERY_AGAIN_S = 1.0  # UDP may lose the request or its answer; py-cord asks once and waits for ever
DISCOVERY_TRIES = 5


class HealedSocket(VoiceWebSocket):
    resumed = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.answered_at = time.monotonic()

    async def received_message(self, msg: Any, /) -> None:
        await super().received_message(msg)
        if msg["op"] == OpCodes.heartbeat_ack:
            self.answered_at = time.monotonic()
        self.resumed = self.resumed or msg["op"] == OpCodes.resumed

    async def ready(self, data: dict[str, Any]) -> None:
        """py-cord takes the first mode that it knows; so the quickest one here, of those that are offered, is first."""
        modes = [mode for mode in quickest_modes() if mode in data["modes"]]
        if not modes:
            raise discord.ClientException(f"no mode of encryption in common: {data['modes']}")
        await super().ready(data | {"modes": modes})

    async def load_secret_key(self, data: dict[str, Any]) -> None:
        await super().load_secret_key(data)
        cast("HealedState", self.state).described()

    async def received_binary_message(self, msg: bytes) -> None:
        """As py-cord's; what DAVE cannot read asks for another key package instead of ending the poller (B6)."""
        state = cast("HealedState", self.state)
        if msg[2] == OpCodes.mls_external_sender_package:
            state.proposer = msg[3:]
        try:
            await super().received_binary_message(msg)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - davey raises whatever Rust said
            log.warning("guild %s: DAVE did not take op %s: %s", state.guild_id, msg[2], error)
            await state.reinit_dave_session()

    async def poll_event(self) -> None:
        try:
            await super().poll_event()
        except ConnectionClosed as closed:
            cast("HealedState", self.state).close_code = closed.code
            raise

    async def get_ip(self) -> tuple[str, int]:
        """Our address as the voice server sees it, awaited on the loop (B2, B3). Raises TimeoutError."""
        ask = struct.pack(">HHI", 1, DISCOVERY_BYTES - 4, self.state.ssrc).ljust(DISCOVERY_BYTES, b"\0")
        for _ in range(DISCOVERY_TRIES):
            await self.loop.sock_sendall(self.state.socket, ask)
            try:
                async with asyncio.timeout(DISCOVERY_AGAIN_S):
                    return await self._discovered()
            except TimeoutError:
                continue
        raise TimeoutError("the voice server does not answer over UDP")

    async def _discovered(self) -> tuple[str, int]:
        while True:
            data = await self.loop.sock_recv(self.state.socket, 2048)
            if len(data) == DISCOVERY_BYTES and data[1] == DISCOVERY_REPLY:
                address, port = struct.unpack_from(">64sH", data, 8)
                return address.split(b"\0", 1)[0].decode("ascii"), port
