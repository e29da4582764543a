"""run_web: serve the page from the loop that the bot and the players share, until cancelled."""

from __future__ import annotations

import socket
from asyncio import Event
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from errno import EACCES, EADDRINUSE
from ipaddress import ip_address
from logging import WARNING, getLogger
from typing import Final

import anyio
from hypercorn.asyncio import serve  # pyright: ignore[reportUnknownVariableType]  (its trigger is bare Callable)
from hypercorn.config import Config
from quart import Quart

from conductr import Conductr, SetupError

from .app import create_app, let_everybody_go

log = getLogger(__name__)
_server_log = getLogger(f"{__name__}.server")
_server_log.setLevel(WARNING)  # hypercorn's banner is at INFO

GRACE_S: Final = 2.0  # how long an answer under way may take once the server closes


async def run_web(conductr: Conductr, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until cancelled; `ready` is told the page's address. Raises SetupError where the port cannot be had."""
    with closing(listen_at(host, port)) as listener:
        url = _url(host, listener.getsockname()[1])
        if not _is_loopback(listener.getsockname()[0]):
            log.warning("the page has no login: whoever reaches %s can steer the browser room and spend credits", url)
        app = create_app(conductr)
        app.while_serving(_once_open(lambda: ready(url)))
        await _serve(app, listener)


def listen_at(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is a free one. Raises SetupError that names the setting."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except socket.gaierror as error:
        raise SetupError("CONDUCTR_WEB_HOST", f"{host} is no address here", "Use 127.0.0.1, or leave it out") from error
    except OSError as error:
        if error.errno in (EADDRINUSE, EACCES):
            why = "is used by another program" if error.errno == EADDRINUSE else "is not allowed to this user"
            hint = f"Stop what uses it, or set CONDUCTR_WEB_PORT to a free port such as {port + 1 if port else 8766}"
            raise SetupError("CONDUCTR_WEB_PORT", f"port {port} {why}", hint) from error
        raise SetupError("CONDUCTR_WEB_HOST", f"{host} is no address of this machine", "Use 127.0.0.1") from error


async def _serve(app: Quart, listener: socket.socket) -> None:
    config = Config()
    config.bind = [f"fd://{socket.dup(listener.fileno())}"]  # hypercorn closes its own copy
    config.accesslog = None
    config.errorlog = _server_log
    config.include_server_header = False
    config.graceful_timeout = GRACE_S
    cancelled = Event()

    async def until_cancelled() -> None:
        try:
            await cancelled.wait()
        finally:
            let_everybody_go(app)

    async with anyio.create_task_group() as group:
        group.start_soon(_set_when_cancelled, cancelled)
        # A cancelled scope would cut each step of hypercorn's own farewell; it is told to close instead.
        with anyio.CancelScope(shield=True):
            await serve(app, config, shutdown_trigger=until_cancelled)
        group.cancel_scope.cancel()


async def _set_when_cancelled(event: Event) -> None:
    try:
        await anyio.sleep_forever()
    finally:
        event.set()


def _once_open(tell: Callable[[], None]) -> Callable[[], AsyncGenerator[None, None]]:
    async def opened() -> AsyncGenerator[None, None]:
        tell()
        yield

    return opened


def _url(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104  (compared with, not bound to)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _is_loopback(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_loopback
