"""What the emulator's tests share: a song to play, and a client made by hand on an emulator of its own."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from emulators.discord import DiscordEmulator
from emulators.discord.listening import RATE, ffmpeg
from emulators.handmade_client import HandmadeGateway, HandmadeVoice

SECONDS = 2.0


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of Ogg Opus: a sweep on the left, a trembling tone on the right."""
    time_s = np.arange(int(SECONDS * RATE)) / RATE
    left = np.sin(2 * np.pi * (150 * time_s + 400 * time_s**2))
    right = np.sin(2 * np.pi * 523 * time_s) * (1 + np.sin(2 * np.pi * 4 * time_s)) / 2
    samples = (np.stack([left, right], axis=1) * 0.4).astype(np.float32)
    target = tmp_path_factory.mktemp("song") / "song.ogg"
    argv = [ffmpeg(), "-v", "error", "-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0"]
    argv += ["-c:a", "libopus", "-b:a", "128k", "-frame_duration", "20", str(target)]
    subprocess.run(argv, input=samples.tobytes(), check=True, timeout=30)
    return target


@pytest.fixture
async def discord() -> AsyncIterator[DiscordEmulator]:
    async with DiscordEmulator() as emulator:
        yield emulator


@pytest.fixture
async def gateway(discord: DiscordEmulator) -> AsyncIterator[HandmadeGateway]:
    async with HandmadeGateway(discord) as client:
        await client.ready()
        yield client


@pytest.fixture
async def voice(discord: DiscordEmulator, gateway: HandmadeGateway) -> AsyncIterator[HandmadeVoice]:
    state, server = await gateway.join(discord.voice_channel.id)
    async with HandmadeVoice(discord, state, server) as client:
        yield client
