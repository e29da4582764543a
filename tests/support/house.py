"""The whole house as its users run it: `conductr up` in a process of its own, talked to over HTTP, ended by kill -9."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from subprocess import PIPE
from uuid import uuid4

import anyio
import httpx
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream
from attrs import define, field

from conductr_store import Generation, Song, Store

START_TIMEOUT_S = 40.0
LOOK_EVERY_S = 0.05  # another process's database: there is no event to wait for


@define(eq=False)
class House:
    """A running `conductr up` and its data folder, which outlives it."""

    process: Process
    data: Path
    url: str = ""
    output: list[str] = field(factory=list)

    async def generate(self, prompt: str, **more: object) -> httpx.Response:
        """What the page's button does."""
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as http:
            page = await http.get("/")
            token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
            assert token, page.text[:500]
            headers = {"X-Conductr-CSRF": token[1], "Origin": self.url.rstrip("/")}
            body = {"request_id": uuid4().hex, "prompt": prompt, **more}
            return await http.post("/api/songs/generate", json=body, headers=headers)

    def kill(self) -> None:
        """kill -9: no farewell of any kind."""
        self.process.kill()


@asynccontextmanager
async def running_house(data: Path, environment: Mapping[str, str]) -> AsyncIterator[House]:
    """`conductr up` with these settings on a free port; killed at the end if it still runs."""
    chosen = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTR_")}
    chosen |= {
        "CONDUCTR_DATA_DIR": str(data),
        "CONDUCTR_LEASE_S": "1",
        "CONDUCTR_SUNO_POLL_S": "0.1",
        "CONDUCTR_SUNO_TIMEOUT_S": "2",
        **environment,
    }
    command = [sys.executable, "-m", "conductr_solo", "up", "--port", "0"]
    process = await anyio.open_process(command, stdout=PIPE, stderr=PIPE, env=chosen, cwd=data)
    house = House(process, data)
    started = anyio.Event()
    async with anyio.create_task_group() as readers:
        readers.start_soon(_read, house, started)
        readers.start_soon(_read_errors, house)
        try:
            with anyio.fail_after(START_TIMEOUT_S):
                await started.wait()
            assert house.url, "\n".join(house.output)
            yield house
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            with anyio.CancelScope(shield=True):
                await process.wait()
            readers.cancel_scope.cancel()


async def rows(data: Path, guild_id: int = 0) -> tuple[tuple[Generation, ...], tuple[Song, ...]]:
    """What the house remembers, read beside it."""
    async with Store.open(f"sqlite+aiosqlite:///{data / 'conductr.db'}") as store, store.begin() as tx:
        made = await tx.generations.of_guild(guild_id, limit=50, offset=0)
        songs = [song for row in made for song in await tx.songs.of_generation(row.id)]
    return made, tuple(songs)


async def until(look: Callable[[], Awaitable[bool]], within_s: float = 60.0) -> None:
    """Wait until another process's state is so."""
    with anyio.fail_after(within_s):
        while not await look():
            await anyio.sleep(LOOK_EVERY_S)


async def _read(house: House, started: anyio.Event) -> None:
    assert house.process.stdout
    text = ""
    async for chunk in TextReceiveStream(house.process.stdout):
        text += chunk
        house.output.append(chunk)
        if (found := re.search(r"plays at (http://\S+)", text)) is not None:
            house.url = found[1]
            started.set()
    started.set()


async def _read_errors(house: House) -> None:
    assert house.process.stderr
    async for chunk in TextReceiveStream(house.process.stderr):
        house.output.append(chunk)
