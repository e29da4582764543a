"""py-cord as its documentation has it: a thread a guild, and an FFmpeg a guild where the source is one.

`pycord-threads` has its packets in memory instead: what is left when nothing is transcoded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

import discord

from conductr_player import find_ffmpeg
from playing.song import read_packets

from .pycord import connected_client
from .setting import Setting, play_until_told, system_libopus, until


class InMemory(discord.AudioSource):
    """Opus packets, over and over."""

    def __init__(self, packets: list[bytes]) -> None:
        self._next = cycle(packets).__next__

    def read(self) -> bytes:
        return self._next()

    def is_opus(self) -> bool:
        return True


@asynccontextmanager
async def playing(setting: Setting) -> AsyncIterator[None]:
    if setting.kind.startswith("pycord-pcm") and not discord.opus.is_loaded():
        discord.opus.load_opus(system_libopus())
    packets = read_packets(setting.packets) if setting.kind == "pycord-threads" else []
    clients = [connected_client(guild, setting.port) for guild in range(1, setting.guilds + 1)]
    for client in clients:
        client.play(source(setting, packets), fec=setting.kind != "pycord-pcm-nofec")
        await asyncio.sleep(0)
    await until(lambda: all(client._player is not None and client._player.loops > 5 for client in clients))
    yield


def source(setting: Setting, packets: list[bytes]) -> discord.AudioSource:
    executable = find_ffmpeg()
    match setting.kind:
        case "pycord-pcm" | "pycord-pcm-nofec":
            return discord.FFmpegPCMAudio(str(setting.mp3), executable=executable)
        case "pycord-opus":
            return discord.FFmpegOpusAudio(str(setting.mp3), executable=executable)
        case "pycord-threads":
            return InMemory(packets)
        case _:
            return discord.FFmpegOpusAudio(str(setting.opus), codec="copy", executable=executable)


if __name__ == "__main__":
    asyncio.run(play_until_told(playing(Setting.from_argv())))
