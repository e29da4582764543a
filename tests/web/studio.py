"""A whole Conductr under the page: real store, real player, the real sandbox in a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from conductr import Conductr, Settings, open_conductr
from conductr_web.run import run_web

WAIT_S = 45.0  # how long anything may take before a test gives up
SPEED = 8.0
MUSIC_S = 8.0


def settings_in(folder: Path, **changes: object) -> Settings:
    """No key, no network: the embedded sandbox, hurried, in a folder of the test's own."""
    known: dict[str, object] = {
        "data_dir": folder,
        "sandbox_speed": SPEED,
        "sandbox_music_s": MUSIC_S,
        "web_port": 0,
    }
    return Settings(_env_file=None, **(known | changes))  # type: ignore[call-arg]  # pydantic-settings' own argument


@asynccontextmanager
async def serving(conductr: Conductr) -> AsyncIterator[str]:
    """The page on a free port; gives its address."""
    async with anyio.create_task_group() as group:
        opened = anyio.Event()
        urls: list[str] = []

        def ready(url: str) -> None:
            urls.append(url)
            opened.set()

        async def serve() -> None:
            await run_web(conductr, host="127.0.0.1", port=0, ready=ready)

        group.start_soon(serve)
        with anyio.fail_after(WAIT_S):
            await opened.wait()
        yield urls[0]
        group.cancel_scope.cancel()


@asynccontextmanager
async def opened(folder: Path, **changes: object) -> AsyncIterator[Conductr]:
    async with open_conductr(settings_in(folder, **changes)) as conductr:
        yield conductr


async def until(conductr: Conductr, holds: Callable[[], object]) -> None:
    """Waits, event by event, until `holds()` is true; it may be a coroutine function."""
    with anyio.fail_after(WAIT_S):
        async with conductr.bus.subscribe() as events:
            while not await _truth(holds):
                with anyio.move_on_after(1.0):  # events may be lost; the state is the truth
                    await anext(events)


async def _truth(holds: Callable[[], object]) -> bool:
    said = holds()
    return bool(await said if hasattr(said, "__await__") else said)  # type: ignore[misc]  # told apart on the line itself
