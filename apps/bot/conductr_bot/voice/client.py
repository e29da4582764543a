"""py-cord's voice client, healed from outside.

    B1  a human who has spoken leaves     the poller dies on an attribute that only a recording has
    B2  a move or a reconnect             the reader thread sleeps 25 s on the socket that was replaced
    B3  an idle bot joins                 that thread makes tasks without waking the loop: up to 5 s
    B4  both voice events come at once    a wake-up between them is lost, and connect waits for its timeout
    B5  close code 4015                   resume waits for a handshake that a resumed session never makes
    B6  op 25 comes before op 4            it is dropped, and the first of DAVE's proposals kills the poller
    B9  leave, then join at once          leaving is said twice, and the second word puts out the new connection
    B10 put out, then join at once        the word of that comes to the new connection, which gives up before it asked
    B11 put out, then join at once        the old connection's late clean-up takes the new one out of the registry

B2 and B3 go together: IP discovery is awaited on the loop, and there is no reader thread. Nothing is
ever recorded. Proven with py-cord 2.8.1; the tests show each fault in both directions.

Packets are sent by our own RtpSender over py-cord's socket and key, with the quickest cipher that the voice
server offers: py-cord knows only the slower one, and its own sending costs more than all the rest of a guild.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from logging import getLogger
from typing import TYPE_CHECKING, cast

import discord
from discord.voice import VoiceClient
from discord.voice.enums import ConnectionFlowState

from conductr_bot.errors import PycordTooDifferent
from conductr_player.rtp import quickest_modes

from .connection import HealedState

if TYPE_CHECKING:
    from discord.abc import Connectable
    from discord.types.voice import SupportedModes

log = getLogger(__name__)

PROVEN = "2.8.1"

LinkEnded = Callable[["HealedVoiceClient", int | None], None]
"""Told once when a connection is over: the client, and the close code where there was one."""


def check_pycord(version: str = discord.__version__) -> None:
    """Warn where py-cord is not the proven version. Raises PycordTooDifferent where even its insides may differ."""
    if version == PROVEN:
        return
    if version.split(".")[:2] != PROVEN.split(".")[:2]:
        raise PycordTooDifferent(version, PROVEN)
    log.warning("voice is proven with py-cord %s, and this is %s", PROVEN, version)


class HealedVoiceClient(VoiceClient):
    """Pass it as `cls` to `channel.connect`. The bot is deafened: it hears nobody."""

    def __init__(self, client: discord.Client, channel: Connectable, on_end: LinkEnded | None = None) -> None:
        super().__init__(client, channel)
        self._on_end = on_end
        self.supported_modes = cast("tuple[SupportedModes, ...]", quickest_modes())

    @property
    def link_up(self) -> bool:
        """Whether a packet sent now reaches the voice server, as far as can be known. From any thread."""
        return self.connection.open_ws is not None

    def is_alive(self, within_s: float = 15.0) -> bool:
        """Whether the voice gateway is still read, and has answered a heartbeat within the time. In the loop's thread.

        `link_up` cannot know: py-cord says for ever that it is connected when its poller is dead (B1).
        """
        return self.connection.is_polled and self.connection.silent_s < within_s

    def send(self, packet: bytes) -> bool:
        """Send one Opus packet of 20 ms. False where nothing can be sent now. In one thread at a time."""
        sender = self.connection.sender
        return sender is not None and sender(packet)

    def send_audio_packet(self, data: bytes, *, encode: bool = True) -> None:
        """What py-cord's own player calls: through our sender too, for two must not count nonces of one key."""
        if encode:
            raise NotImplementedError("this client sends Opus packets, and encodes none")
        self.send(data)

    def ended(self, close_code: int | None) -> None:
        if self._on_end is not None:
            self._on_end(self, close_code)

    async def abandon(self) -> None:
        """Drop the connection without a word to the gateway, whose new session knows nothing of it."""
        await self.connection.soft_disconnect(with_state=ConnectionFlowState.disconnected)
        self.cleanup()

    def create_connection_state(self) -> HealedState:
        self.connection = HealedState(self, hook=self._recv_hook, on_end=self.ended)
        return self.connection

    async def connect(
        self, *, reconnect: bool, timeout: float, self_deaf: bool = True, self_mute: bool = False
    ) -> None:
        try:
            await super().connect(reconnect=reconnect, timeout=timeout, self_deaf=self_deaf, self_mute=self_mute)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Moved while joining: py-cord has cancelled its own attempt and begun another, not us.
            await self.connection.wait_for(ConnectionFlowState.connected, timeout)

    def cleanup(self) -> None:
        """Leave py-cord's registry, unless another connection of this guild has the place by now (B11)."""
        if self.guild.voice_client in (self, None):
            super().cleanup()

    def _remove_ssrc(self, *, user_id: int) -> None:
        """As py-cord's without its reader, which is there only while recording (B1)."""
        ssrc = self._id_to_ssrc.pop(user_id, None)
        if ssrc is not None:
            self._ssrc_to_id.pop(ssrc, None)
