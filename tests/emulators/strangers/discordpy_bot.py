"""discord.py joins the channel that it is told, plays an Ogg Opus file, and goes. Run in an environment of its own."""

import asyncio
import os
import sys

import discord
import yarl

discord.http.Route.BASE = os.environ["CONDUCTR_DISCORD_API_BASE"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["EMULATOR_GATEWAY"])


class Stranger(discord.Client):
    async def on_ready(self) -> None:
        channel = self.get_channel(int(os.environ["EMULATOR_CHANNEL"]))
        assert isinstance(channel, discord.VoiceChannel)
        voice = await channel.connect(timeout=15)
        await asyncio.sleep(float(os.environ.get("EMULATOR_WAIT_S", "0")))
        ended = asyncio.Event()
        source = discord.FFmpegOpusAudio(sys.argv[1], codec="copy", executable=os.environ["EMULATOR_FFMPEG"])
        voice.play(source, after=lambda error: self.loop.call_soon_threadsafe(ended.set))
        await ended.wait()
        await voice.disconnect(force=True)
        await self.close()


Stranger(intents=discord.Intents(guilds=True, voice_states=True)).run(os.environ["CONDUCTR_DISCORD_TOKEN"])
