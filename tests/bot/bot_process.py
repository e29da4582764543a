"""The bot as its operator runs it: `python -m conductr_bot`, with settings from the environment and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import frozen
from emulators.discord import DiscordEmulator

COMMANDS = ("join", "leave", "generate", "play", "pause", "skip", "stop", "queue", "nowplaying")
END_WITHIN_S = 10.0


@frozen
class BotProcess:
    process: Process
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    async def end(self) -> int:
        """SIGTERM, as a service manager sends it; the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), END_WITHIN_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise


def environment(discord: DiscordEmulator, folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """This process's own, without what an operator may have set for Conductr."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTR_")}
    sandbox = {"CONDUCTR_SANDBOX_SPEED": "10", "CONDUCTR_SANDBOX_MUSIC_S": "8"}
    return own | sandbox | {"CONDUCTR_DATA_DIR": str(folder / "data")} | discord.environment() | dict(more)


@asynccontextmanager
async def bot_process(discord: DiscordEmulator, folder: Path, **more: str) -> AsyncIterator[BotProcess]:
    """Started, and ready for commands; ended with a clean exit."""
    bot = await start_bot(discord, folder, **more)
    try:
        await discord.wait_ready(commands=COMMANDS)
        yield bot
    finally:
        code = await bot.end()
    assert code == 0, bot.log


async def start_bot(discord: DiscordEmulator, folder: Path, **more: str) -> BotProcess:
    log_file = folder / "bot.log"
    with log_file.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "conductr_bot",
            env=environment(discord, folder, more),
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    return BotProcess(process, log_file)
