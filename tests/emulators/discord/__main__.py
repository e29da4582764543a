"""`python -m emulators.discord`: an emulator in a process of its own, for trying a bot by hand.

Prints what the bot's environment needs, then what the bot does, until it is interrupted.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

from .emulator import DiscordEmulator


async def main() -> None:
    async with DiscordEmulator() as discord:
        for name, value in discord.environment().items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.flush()
        await discord.human_joins()
        while True:
            requests = await discord.watch.until(lambda: discord.rest.requests, "request", timeout_s=1e9)
            request = requests.popleft()
            sys.stdout.write(f"{request.status} {request.method} {request.path}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
