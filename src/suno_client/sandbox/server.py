"""The sandbox as a server: real sockets, one owner for everything that runs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup
from hypercorn.asyncio import serve  # pyright: ignore[reportUnknownVariableType] - its app type has Any inside
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from suno_client.sandbox.answers import refusal
from suno_client.sandbox.callbacks import tell_stages
from suno_client.sandbox.connections import Listener, ListenerConfig
from suno_client.sandbox.control import Control
from suno_client.sandbox.gateway import Gateway
from suno_client.sandbox.house import House
from suno_client.sandbox.media import MediaHost
from suno_client.sandbox.music.studio import Studio
from suno_client.sandbox.rules import NOT_FOUND
from suno_client.sandbox.script import SCRIPTS, FaultBook, Script
from suno_client.sandbox.tasks import Task, TaskBook


class SandboxServer:
    """A Suno gateway on this machine that composes real music. `async with` runs it; asyncio only.

    `key` None lets any key in. `speed` runs the stages faster. `music_seconds` is the length of songs whose
    request names none (None: 60-180 s); `balance` the credits to begin with. Entering raises
    OSError when the port is taken.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        key: str | None = None,
        speed: float = 1.0,
        script: Script = SCRIPTS["sandbox"],
        music_seconds: float | None = None,
        seed: int = 0,
        balance: int = 1_000,
        errors_as_200: bool = True,
        lanes: int = 2,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self._port = host, port
        self._given_key = key
        self._music_seconds, self._seed = music_seconds, seed
        self._errors_as_200, self._lanes = errors_as_200, lanes
        self.faults = FaultBook()
        self.book = TaskBook(script, speed, balance, now)
        self._stack = AsyncExitStack()
        self._url: str | None = None

    @property
    def url(self) -> str:
        if self._url is None:
            raise RuntimeError("the sandbox is not running: enter it with async with")
        return self._url

    @property
    def key(self) -> str:
        """A key that is let in."""
        return self._given_key or "sandbox"

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="suno-sandbox-", ignore_cleanup_errors=True))
            )
            listener = stack.enter_context(Listener(self._host, self._port))
            self._url = f"http://{self._host}:{listener.port}"
            house = House(
                self._url, self._given_key, self._seed, self._music_seconds, self._errors_as_200,
                listener, Studio(folder, lanes=self._lanes), self.book, self.faults,
            )  # fmt: skip
            group = await stack.enter_async_context(anyio.create_task_group())
            stack.callback(group.cancel_scope.cancel)
            house.studio.start(group)
            stop = anyio.Event()
            stopped = await group.start(_serve, _app(house, group), listener, stop)
            stack.push_async_callback(_stop, listener, stop, stopped)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._url = None
        await self._stack.__aexit__(kind, error, trace)


def _app(house: House, group: TaskGroup) -> Starlette:
    async def on_accept(task: Task) -> None:
        group.start_soon(partial(tell_stages, house, task))

    async def unknown(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's signature
        return refusal(NOT_FOUND, as_200=False)

    routes = [*Gateway(house, on_accept).routes(), *MediaHost(house).routes(), *Control(house).routes()]
    return Starlette(routes=routes, exception_handlers={404: unknown, 405: unknown})


async def _serve(
    app: Starlette, listener: Listener, stop: anyio.Event, *, task_status: anyio.abc.TaskStatus[anyio.Event]
) -> None:
    stopped = anyio.Event()
    task_status.started(stopped)
    try:
        await serve(app, ListenerConfig(listener), shutdown_trigger=stop.wait)  # pyright: ignore[reportArgumentType] - Starlette is an ASGI app
    finally:
        stopped.set()


async def _stop(listener: Listener, stop: anyio.Event, stopped: anyio.Event) -> None:
    """Ends the server in order: no client keeps it waiting."""
    listener.cut_all()
    stop.set()
    with anyio.move_on_after(5):
        await stopped.wait()
