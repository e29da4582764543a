"""Every role in one process: use cases, page and bot share a loop and end together."""

from __future__ import annotations

import signal
import webbrowser

import anyio

from conductr import Conductr, Settings, open_conductr
from conductr_bot.run import run_bot
from conductr_web.run import run_web


async def serve(settings: Settings, open_page: bool) -> None:
    """Until SIGINT or SIGTERM. Raises what kept a role from starting."""
    async with anyio.create_task_group() as roles:
        roles.start_soon(_end_on_signal, roles.cancel_scope)
        async with open_conductr(settings) as conductr:
            await _run_roles(conductr, open_page=open_page)


async def _run_roles(conductr: Conductr, *, open_page: bool) -> None:
    settings = conductr.settings

    def ready(address: str) -> None:
        print(f"\n  Conductr plays at {address}\n  Type a wish there. Ctrl+C ends it.\n", flush=True)
        if open_page:
            webbrowser.open(address)

    async with anyio.create_task_group() as roles:
        roles.start_soon(lambda: run_web(conductr, host=settings.web_host, port=settings.web_port, ready=ready))
        if settings.discord_token is not None:
            roles.start_soon(run_bot, conductr)


async def _end_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            scope.cancel()
            return
