"""discord-ext-songbird (Rust) passing Opus through: `python songbird.py GUILDS GATEWAY_PORT OPUS`.

It is for discord.py, which cannot be installed beside py-cord: this runs in an environment of its own and
imports nothing of the project's. It shakes hands, finds its address and encrypts by itself.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path

from discord.ext.songbird import (  # pyright: ignore[reportMissingImports] - it lives in .venv-bench
    ConfigBuilder,
    RawBufferSource,
    Track,
)
from discord.ext.songbird.backend import SongbirdBackend  # pyright: ignore[reportMissingImports] - as above

JOIN_WITHIN_S = 30.0
AT_ONCE = 16


async def joined(guild: int, port: int, opus: bytes) -> SongbirdBackend:
    asked = asyncio.Event()

    async def update(channel: int | None, *_: bool) -> None:
        """What a client would tell Discord's main gateway, which then answers with the two updates below."""
        if channel is not None:
            asked.set()

    backend = SongbirdBackend(guild)
    await backend.start(ConfigBuilder.send_only(), update, 1, guild)
    joining = asyncio.ensure_future(backend.connect(JOIN_WITHIN_S, False, False))
    await asked.wait()
    await backend.on_voice_state_update(f"session-{guild}", guild)
    await backend.on_server_update(f"localhost:{port}", "token")
    await joining
    await backend.queue.enqueue(Track(RawBufferSource(io.BytesIO(opus))))
    return backend


async def main(guilds: int, port: int, song: bytes) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def join(guild: int) -> SongbirdBackend:
        async with gate:
            return await joined(guild, port, song)

    kept = await asyncio.gather(*map(join, range(1, guilds + 1)))
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    del kept
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).read_bytes()))
