"""From a wish to sound, stock py-cord: `python -m playing.players.latency_stock SETTING TRIES`, as `latency` does it.

A skip is `stop()`, and the next song is played by `after`, as its guide has it; so is what comes after a song's end.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import discord
from discord.voice import VoiceClient

from conductr_player import find_ffmpeg

from .pycord import connected_client
from .setting import Setting, system_libopus, until

SHORT_S = 0.4
SILENCE = b"\xf8\xff\xfe"


class Stock:
    """A client whose sending is noted: when, and in which play."""

    def __init__(self, client: VoiceClient) -> None:
        self.client, self.sent, self.plays = client, list[tuple[float, int]](), 0
        self.send = client.send_audio_packet

    def play(self, song: Path, after: Callable[..., Any] | None = None) -> None:
        self.plays += 1
        play = self.plays

        def noted(data: bytes, *, encode: bool = True) -> None:
            self.send(data, encode=encode)
            if data != SILENCE:
                self.sent.append((time.perf_counter(), play))

        self.client.send_audio_packet = noted
        self.client.play(discord.FFmpegPCMAudio(str(song), executable=find_ffmpeg()), after=after)

    async def first_of(self, play: int) -> float:
        await until(lambda: any(each == play for _, each in self.sent[-20:]))
        return next(when for when, each in self.sent if each == play)

    async def rest(self) -> None:
        self.client.stop()
        await asyncio.sleep(0.2)


async def starts(stock: Stock, tries: int, song: Path) -> list[float]:
    found = list[float]()
    for _ in range(tries):
        await stock.rest()
        begun = time.perf_counter()
        stock.play(song)
        found.append((await stock.first_of(stock.plays) - begun) * 1e3)
    return found


async def skips(stock: Stock, tries: int, song: Path) -> list[float]:
    loop, found = asyncio.get_running_loop(), list[float]()
    for _ in range(tries):
        await stock.rest()
        stock.play(song, lambda _: loop.call_soon_threadsafe(stock.play, song))
        await stock.first_of(stock.plays)
        await asyncio.sleep(0.1 + random.uniform(0.0, 0.02))
        begun, following = time.perf_counter(), stock.plays + 1
        stock.client.stop()
        found.append((await stock.first_of(following) - begun) * 1e3)
    return found


async def gaps(stock: Stock, tries: int, short: Path) -> list[float]:
    loop = asyncio.get_running_loop()
    await stock.rest()
    stock.sent.clear()
    last = stock.plays + tries + 1

    def following(_: object) -> None:
        if stock.plays < last:
            loop.call_soon_threadsafe(stock.play, short, following)

    stock.play(short, following)
    await until(lambda: stock.plays == last and any(play == last for _, play in stock.sent[-20:]))
    sent = list(stock.sent)
    pairs = pairwise(sent)
    return [(after[0] - before[0]) * 1e3 - 20 for before, after in pairs if after[1] != before[1]]


def cut_short(song: Path) -> Path:
    short = song.with_name("short.mp3")
    cut = ["-v", "error", "-y", "-i", str(song), "-t", str(SHORT_S), "-c", "copy", str(short)]
    subprocess.run([find_ffmpeg(), *cut], check=True)
    return short


async def main(setting: Setting, tries: int, short: Path) -> dict[str, list[float]]:
    discord.opus.load_opus(system_libopus())
    stock = Stock(connected_client(1, setting.port))
    return {
        "start": await starts(stock, tries, setting.mp3),
        "skip": await skips(stock, tries, setting.mp3),
        "gap": await gaps(stock, tries, short),
    }


if __name__ == "__main__":
    told = Setting.from_argv()
    print(json.dumps(asyncio.run(main(told, int(sys.argv[2]), cut_short(told.mp3)))), flush=True)
    os._exit(0)
