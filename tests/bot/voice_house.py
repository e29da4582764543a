"""The bot's voice without its commands: Conductr, supervisor and py-cord in the test's own loop, over the emulator."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import anyio
import discord
from attrs import frozen
from discord.http import Route
from emulators.discord import Channel, DiscordEmulator, Guild
from pydantic import SecretStr

from conductr import Caller, Conductr, Settings, open_conductr
from conductr_bot.voice import Supervisor, VoiceEvents, VoiceNews

INTENTS = discord.Intents(guilds=True, voice_states=True)


@frozen(eq=False, repr=False)
class VoiceHouse:
    discord: DiscordEmulator
    conductr: Conductr
    bot: discord.Bot
    supervisor: Supervisor
    told: list[tuple[int, VoiceNews]]

    async def join(self, guild: Guild, channel: Channel | None = None) -> bool:
        found = self.bot.get_channel((channel or guild.voice_channels[0]).id)
        assert isinstance(found, discord.VoiceChannel | discord.StageChannel)
        return await self.supervisor.join(self.bot, found)

    async def play(self, guild: Guild, song_id: str) -> None:
        """By the guild's first member, who is in the bot's channel."""
        await self.conductr.playback.play(self.caller(guild), song_id)

    def caller(self, guild: Guild) -> Caller:
        member, room = guild.members[0], self.conductr.host.room(guild.id)
        return Caller(member.id, member.name, guild.id, guild.name, room.channel_id if room else None)

    def told_to(self, guild: Guild) -> list[VoiceNews]:
        return [news for guild_id, news in self.told if guild_id == guild.id]

    async def until(self, look: Callable[[], object], what: str, timeout_s: float = 10) -> None:
        """For what only the bot knows: nobody is told when it becomes true."""
        with anyio.fail_after(timeout_s, shield=False):
            while not look():
                await anyio.sleep(0.01)
        assert look(), what


@asynccontextmanager
async def voice_house(emulator: DiscordEmulator, folder: Path, *, minute_s: float = 60.0) -> AsyncIterator[VoiceHouse]:
    """Connected, and its seats of before on their way; ended as at SIGTERM."""
    Route.API_BASE_URL = emulator.api_base
    settings = Settings(data_dir=folder / "data", suno_api_key=SecretStr("none"), suno_base_url="http://127.0.0.1:9")
    async with open_conductr(settings) as conductr:
        told: list[tuple[int, VoiceNews]] = []

        async def tell(guild_id: int, news: VoiceNews) -> None:
            told.append((guild_id, news))

        supervisor = Supervisor(conductr, tell, minute_s=minute_s)
        trust = ssl.create_default_context(cafile=emulator.ca_file)
        bot = discord.Bot(
            intents=INTENTS,
            connector=aiohttp.TCPConnector(ssl=trust),
            cache_default_sounds=False,
            guild_ready_timeout=0.1,
            auto_sync_commands=False,
        )
        bot.add_cog(VoiceEvents(bot, supervisor))
        async with anyio.create_task_group() as gateway:
            await bot.login(emulator.token)
            gateway.start_soon(bot.connect)
            async with anyio.create_task_group() as voices:
                voices.start_soon(supervisor.run)
                await bot.wait_until_ready()
                try:
                    yield VoiceHouse(emulator, conductr, bot, supervisor, told)
                finally:
                    voices.cancel_scope.cancel()
            gateway.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await bot.close()
