"""Sandboxes in child processes, kept from test to test: one for each kind that is asked for."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from suno_client.sandbox import UnknownFault, spawn_sandbox

from .sandboxes import Sandbox, SandboxSettings


class ServedSandbox(Sandbox):
    """A sandbox at an address of this machine, for programs that shall not share a process with it."""

    def __init__(self, settings: SandboxSettings, url: str, handles: httpx.Client) -> None:
        super().__init__(settings, url)
        self._handles = handles

    def http(self) -> None:
        return None

    def ledger(self) -> dict[str, Any]:
        return self._handles.get("/_sandbox/ledger").raise_for_status().json()

    def set_credits(self, balance: float) -> None:
        self._handles.post("/_sandbox/credits", json={"credits": balance}).raise_for_status()

    def reset(self) -> None:
        self._handles.post("/_sandbox/reset").raise_for_status()
        self.set_credits(self.settings.credits)

    def _add_fault(self, told: dict[str, object]) -> None:
        answer = self._handles.post("/_sandbox/faults", json=told)
        if answer.is_client_error:
            raise UnknownFault(answer.json()["error"])


class Children:
    """Starts a process when a kind of sandbox is first asked for."""

    def __init__(self, portal: BlockingPortal, stack: ExitStack) -> None:
        self._portal = portal
        self._stack = stack
        self._known: dict[SandboxSettings, ServedSandbox] = {}

    def get(self, settings: SandboxSettings) -> ServedSandbox:
        """A sandbox of this kind as if it had just been started."""
        if settings not in self._known:
            spawned = self._stack.enter_context(
                self._portal.wrap_async_context_manager(
                    spawn_sandbox(
                        dialect=settings.dialect,
                        key=settings.key,
                        speed=settings.speed,
                        music_seconds=settings.music_seconds,
                        seed=settings.seed,
                        script=settings.script,
                        webhook_key=settings.webhook_key,
                    )
                )
            )
            handles = self._stack.enter_context(httpx.Client(base_url=spawned.url, trust_env=False))
            self._known[settings] = ServedSandbox(settings, spawned.url, handles)
        server = self._known[settings]
        server.reset()
        return server


@contextmanager
def open_children() -> Generator[Children]:
    """All of them end with this block, and with this process."""
    with start_blocking_portal("asyncio") as portal, ExitStack() as stack:
        yield Children(portal, stack)
