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
NO_SUNO = {"CONDUCTR_SUNO_API_KEY": "none", "CONDUCTR_SUNO_BASE_URL": "http://127.0.0.1:9"}  # nobody listens there
SANDBOX = {"CONDUCTR_SANDBOX_SPEED": "10", "CONDUCTR_SANDBOX_MUSIC_S": "8"}


@frozen
class BotProcess:
    process: Process
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    async def says(self, words: str, timeout_s: float = 20) -> None:
        """Wait for them in the log."""
        async with asyncio.timeout(timeout_s):
            while words not in self.log:
                assert self.process.returncode is None, self.log
                await asyncio.sleep(0.05)  # a file tells nobody that it grew

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
    return own | {"CONDUCTR_DATA_DIR": str(folder / "data")} | discord.environment() | dict(more)


@asynccontextmanager
async def bot_process(discord: DiscordEmulator, folder: Path, suno: Mapping[str, str]) -> AsyncIterator[BotProcess]:
    """Started, and ready for commands; ended with a clean exit."""
    bot = await start_bot(discord, folder, suno)
    try:
        await _ready(discord, bot)
        yield bot
    finally:
        code = await bot.end()
    assert code == 0, bot.log


async def _ready(discord: DiscordEmulator, bot: BotProcess) -> None:
    """Ready for commands; an AssertionError with its log where it ends instead."""
    ready = asyncio.ensure_future(discord.wait_ready(commands=COMMANDS))
    ended = asyncio.ensure_future(bot.process.wait())
    try:
        await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
        assert not ended.done(), bot.log
        await ready
    finally:
        ready.cancel()
        ended.cancel()


async def start_bot(discord: DiscordEmulator, folder: Path, more: Mapping[str, str]) -> BotProcess:
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
