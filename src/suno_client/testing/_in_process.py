"""The whole sandbox in the test's own process and loop, asyncio or trio, without a socket."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import anyio
import httpx
from anyio.abc import TaskGroup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from suno_client.sandbox.answers import refusal
from suno_client.sandbox.connections import Listener
from suno_client.sandbox.faults import FaultBook, fault_from
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import JobBook
from suno_client.sandbox.ledger import Ledger
from suno_client.sandbox.music.kept import KeptTakes
from suno_client.sandbox.music.studio import Studio
from suno_client.sandbox.refusals import NOT_FOUND
from suno_client.sandbox.rooms import routes_of
from suno_client.sandbox.script import SCRIPTS
from suno_client.sandbox.shelf import Shelf
from suno_client.sandbox.tasks import TaskBook
from suno_client.sandbox.till import Till

from ._app_transport import AppTransport, Wire
from .sandboxes import Sandbox, SandboxSettings

URL = "http://suno.test"


class InProcessSandbox(Sandbox):
    """A house that only its own clients can reach."""

    def __init__(self, settings: SandboxSettings, house: House) -> None:
        super().__init__(settings, house.url)
        self._house = house
        self._transport = AppTransport(_app(house), house.group)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self._transport, base_url=self.url)

    def ledger(self) -> dict[str, Any]:
        return self._house.ledger.as_json(self._house.till.balance)

    def set_credits(self, balance: float) -> None:
        self._house.till.balance = balance

    def reset(self) -> None:
        self._house.clear()

    def _add_fault(self, told: dict[str, object]) -> None:
        self._house.faults.add(fault_from(told))


@asynccontextmanager
async def open_in_process(settings: SandboxSettings) -> AsyncGenerator[InProcessSandbox]:
    """Ends with its block, whatever still listens to it."""
    with tempfile.TemporaryDirectory(prefix="suno-sandbox-", ignore_cleanup_errors=True) as folder:
        async with anyio.create_task_group() as group:
            house = _house(settings, Path(folder), group)
            house.studio.start(group)
            yield InProcessSandbox(settings, house)
            group.cancel_scope.cancel()


def _house(settings: SandboxSettings, folder: Path, group: TaskGroup) -> House:
    return House(
        url=URL,
        key=settings.key,
        dialect=settings.dialect,
        seed=settings.seed,
        music_seconds=settings.music_seconds,
        errors_as_200=True,
        webhook_key=settings.webhook_key,
        callback_exception=False,
        listener=cast("Listener", Wire()),  # all that routes ask of it is to cut a connection
        group=group,
        studio=Studio(folder, lanes=1, kept=KeptTakes.named_in(os.environ)),
        book=TaskBook(SCRIPTS[settings.script], settings.speed, time.monotonic),
        jobs=JobBook(settings.speed, time.monotonic),
        till=Till(settings.credits, time.monotonic),
        ledger=Ledger(),
        files=Shelf(URL),
        faults=FaultBook(),
    )


def _app(house: House) -> Starlette:
    async def unknown(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's signature
        return refusal(NOT_FOUND, as_200=False)

    return Starlette(routes=routes_of(house), exception_handlers={404: unknown, 405: unknown})
