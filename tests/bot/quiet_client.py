"""A py-cord client on an event loop of its own, which sleeps when nothing happens, as a real bot's does.

The emulator shares the test's loop. On that one, traffic would wake the client and hide fault B3.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import discord
from discord.gateway import KeepAliveHandler
from discord.http import Route
from discord.voice import VoiceClient
from discord.voice.state import SocketReader
from emulators.discord import Channel, DiscordEmulator

Result = TypeVar("Result")

TONE = b"\xfc" + bytes(range(1, 120))  # CELT, 20 ms, stereo: what is in it matters to nobody here


class Tone(discord.AudioSource):
    """The same packet for ever."""

    def read(self) -> bytes:
        return TONE

    def is_opus(self) -> bool:
        return True


class QuietClient:
    """Methods are for the test's loop; the client's own runs in a thread."""

    def __init__(self, discord_: DiscordEmulator) -> None:
        self._discord = discord_
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="quiet-client", daemon=True)
        self._running: Future[None] | None = None
        self.client: discord.Client | None = None

    async def do(self, work: Coroutine[Any, Any, Result], timeout_s: float = 30) -> Result:
        """Run it on the client's loop."""
        return await asyncio.wait_for(asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop)), timeout_s)

    async def open(self) -> None:
        Route.API_BASE_URL = self._discord.api_base
        self._thread.start()
        self.client = await self.do(self._make())
        self._running = asyncio.run_coroutine_threadsafe(self.client.start(self._discord.token), self.loop)
        await self._discord.wait_ready()
        await self.do(self.client.wait_until_ready())

    async def close(self) -> None:
        await self.do(self._hang_up())
        await self.do(self._drain())
        self.loop.call_soon_threadsafe(self.loop.stop)
        await asyncio.to_thread(self._thread.join, 5)
        self.loop.close()

    async def join(self, kind: type[VoiceClient], channel: Channel | None = None, timeout_s: float = 8) -> Any:
        """Join, and wait until it is done. A TimeoutError is py-cord's."""
        return await self.do(self._join(kind, (channel or self._discord.voice_channel).id, timeout_s), 60)

    async def play(self, voice: VoiceClient) -> None:
        async def begin() -> None:
            voice.play(Tone())

        await self.do(begin())

    def channel(self, channel: Channel) -> discord.VoiceChannel:
        found = self.client and self.client.get_channel(channel.id)
        assert isinstance(found, discord.VoiceChannel)
        return found

    async def _make(self) -> discord.Client:
        trust = ssl.create_default_context(cafile=self._discord.ca_file)
        return discord.Client(
            intents=discord.Intents(guilds=True, voice_states=True),
            connector=aiohttp.TCPConnector(ssl=trust),
            cache_default_sounds=False,
            guild_ready_timeout=0.1,
        )

    async def _join(self, kind: type[VoiceClient], channel_id: int, timeout_s: float) -> Any:
        assert self.client is not None
        channel = self.client.get_channel(channel_id)
        assert isinstance(channel, discord.VoiceChannel)
        return await channel.connect(timeout=timeout_s, cls=kind)

    async def _hang_up(self) -> None:
        """Without waiting for what a broken stock client waits for, and without the threads that it leaves behind."""
        if self.client is not None:
            for voice in self.client.voice_clients:
                if isinstance(voice, VoiceClient):
                    voice._connection.timeout = 0.05
            with contextlib.suppress(TimeoutError):
                await self.client.close()
        for thread in threading.enumerate():
            if isinstance(thread, KeepAliveHandler | SocketReader):
                thread.stop()

    async def _drain(self) -> None:
        """What stock py-cord leaves behind would end in warnings."""
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@asynccontextmanager
async def quiet_client(discord_: DiscordEmulator) -> AsyncIterator[QuietClient]:
    client = QuietClient(discord_)
    await client.open()
    try:
        yield client
    finally:
        await client.close()
