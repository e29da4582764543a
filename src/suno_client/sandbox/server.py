"""The sandbox as a server: real sockets, one owner for everything that runs."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
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
from suno_client.sandbox.connections import Listener, ListenerConfig
from suno_client.sandbox.faults import FaultBook
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import JobBook
from suno_client.sandbox.ledger import Ledger
from suno_client.sandbox.music.kept import KeptTakes
from suno_client.sandbox.music.studio import Studio
from suno_client.sandbox.refusals import NOT_FOUND, Dialect
from suno_client.sandbox.rooms import routes_of
from suno_client.sandbox.script import SCRIPTS, Script
from suno_client.sandbox.shelf import Shelf
from suno_client.sandbox.tasks import TaskBook
from suno_client.sandbox.till import Till

_NOT_RUNNING = "the sandbox is not running: enter it with async with"


class SandboxServer:
    """A Suno gateway on this machine that composes real music. `async with` runs it; asyncio only.

    `dialect` is the gateway it speaks like. `key` None lets any key in. `speed` runs the stages faster.
    `music_seconds` is the length of songs whose request names none (None: 60-180 s); `balance` the credits to begin
    with. `webhook_key` signs kie's callbacks; `callback_exception` lets a task end so when they are not taken.
    Entering raises OSError when the port is taken.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        dialect: Dialect = "sunoapi",
        key: str | None = None,
        speed: float = 1.0,
        script: Script = SCRIPTS["sandbox"],
        music_seconds: float | None = None,
        seed: int = 0,
        balance: int = 1_000,
        errors_as_200: bool = True,
        webhook_key: str | None = None,
        callback_exception: bool = False,
        lanes: int = 2,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self._port = host, port
        self._given_key = key
        self._dialect: Dialect = dialect
        self._music_seconds, self._seed = music_seconds, seed
        self._errors_as_200, self._lanes = errors_as_200, lanes
        self._webhook_key, self._callback_exception = webhook_key, callback_exception
        self.faults = FaultBook()
        self.book = TaskBook(script, speed, now)
        self.jobs = JobBook(speed, now)
        self.till = Till(balance, now)
        self.ledger = Ledger()
        self._stack = AsyncExitStack()
        self._url: str | None = None
        self._house: House | None = None

    @property
    def url(self) -> str:
        if self._url is None:
            raise RuntimeError(_NOT_RUNNING)
        return self._url

    @property
    def house(self) -> House:
        """What its routes share, while it runs."""
        if self._house is None:
            raise RuntimeError(_NOT_RUNNING)
        return self._house

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
            group = await stack.enter_async_context(anyio.create_task_group())
            stack.callback(group.cancel_scope.cancel)
            house = self._house = self._furnished(folder, listener, group)
            house.studio.start(group)
            stop = anyio.Event()
            stopped = await group.start(_serve, _app(house), listener, stop)
            stack.push_async_callback(_stop, listener, stop, stopped)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._url = self._house = None
        await self._stack.__aexit__(kind, error, trace)

    def _furnished(self, folder: Path, listener: Listener, group: TaskGroup) -> House:
        return House(
            url=self.url,
            key=self._given_key,
            dialect=self._dialect,
            seed=self._seed,
            music_seconds=self._music_seconds,
            errors_as_200=self._errors_as_200,
            webhook_key=self._webhook_key,
            callback_exception=self._callback_exception,
            listener=listener,
            group=group,
            studio=Studio(folder, lanes=self._lanes, kept=KeptTakes.named_in(os.environ)),
            book=self.book,
            jobs=self.jobs,
            till=self.till,
            ledger=self.ledger,
            files=Shelf(self.url),
            faults=self.faults,
        )


def _app(house: House) -> Starlette:
    async def unknown(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's signature
        return refusal(NOT_FOUND, as_200=False)

    return Starlette(routes=routes_of(house), exception_handlers={404: unknown, 405: unknown})


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
