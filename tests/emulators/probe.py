"""Starts the probe bot as a child process against an emulator, and ends it by its own handle."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from .discord import DiscordEmulator

TESTS = Path(__file__).parents[1]
COMMANDS = {"hello", "later", "style", "buttons", "chatter", "write", "strange", "join", "play", "leave"}


def suit_stock_pycord(discord: DiscordEmulator) -> None:
    """Timing in which py-cord's unhealed voice joins quickly and always (discord.md, faults B3 and B4)."""
    discord.voice.heartbeat_ms = 200  # B3: its handshake goes on when a heartbeat wakes the loop
    discord.voice_timing.before_server_s = 0.05  # B4: both updates at once may be a lost wake-up


@asynccontextmanager
async def probe_bot(discord: DiscordEmulator, commands: Iterable[str] = COMMANDS) -> AsyncIterator[None]:
    """Runs until the end of the block; what the bot wrote to stderr is shown by pytest when a test fails."""
    environment = os.environ | discord.environment() | {"PYTHONPATH": str(TESTS)}
    argv = (sys.executable, "-m", "emulators.probe_bot")
    with tempfile.TemporaryFile() as said:
        bot = await asyncio.create_subprocess_exec(*argv, cwd=TESTS, env=environment, stderr=said)
        try:
            await discord.wait_ready(commands)
            yield
        finally:
            if bot.returncode is None:
                bot.kill()
            await bot.wait()
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace"))
