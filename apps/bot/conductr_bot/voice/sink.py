"""A PacketSink over a guild's voice connection, that says before the first packet that one speaks."""

from __future__ import annotations

import asyncio

from discord.enums import SpeakingState
from discord.voice.gateway import VoiceWebSocket

from conductr_player import SILENCE, PacketSink

from .client import HealedVoiceClient

SILENCES_AT_A_BREAK = 5  # frames that end what is spoken (discord.md 6)


class VoiceSink:
    """A guild's place to send packets to. The supervisor sets `link`; the pacer's thread calls, each 20 ms.

    Discord wants to hear that one speaks before it hears the first packet. So the first packet after a silence, or
    on a new connection, is refused until `speak` has said so: it is offered again at the next tick.
    """

    def __init__(self) -> None:
        self.link: HealedVoiceClient | None = None
        self._loop = asyncio.get_running_loop()
        self._asked = asyncio.Event()
        self._wants_to_speak = False
        self._announced: VoiceWebSocket | None = None  # where we are known to speak
        self._silences = 0

    def __call__(self, packet: bytes) -> bool:
        link = self.link
        if link is None:
            return False
        connection = link.connection
        ws, send = connection.open_ws, connection.sender
        if ws is None or send is None:
            return False
        if packet == SILENCE:
            return self._end_speech(send)
        if ws is not self._announced:
            self._ask(speaking=True)
            return False
        self._silences = 0
        return send(packet)

    async def speak(self) -> None:
        """Tell Discord when we begin and cease to speak, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            link, speaks = self.link, self._wants_to_speak
            ws = link and link.connection.open_ws
            if ws is None:
                continue  # asked again with the next packet
            try:
                await ws.speak(SpeakingState.voice if speaks else SpeakingState.none)
            except (ConnectionError, RuntimeError):  # closed just now; what aiohttp raises differs by the moment
                continue
            self._announced = ws if speaks else None

    def _end_speech(self, send: PacketSink) -> bool:
        if not send(SILENCE):
            return False
        self._silences += 1
        if self._silences == SILENCES_AT_A_BREAK:
            self._announced = None
            self._ask(speaking=False)
        return True

    def _ask(self, *, speaking: bool) -> None:
        self._wants_to_speak = speaking
        self._loop.call_soon_threadsafe(self._asked.set)
