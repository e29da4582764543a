"""`python -m suno_client.sandbox` in this process: what it takes, what it says, and when it ends."""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from threading import Thread
from urllib.request import ProxyHandler, build_opener

import anyio
import psutil
import pytest

from suno_client.sandbox import SandboxNotStarted, SandboxServer, spawn_sandbox
from suno_client.sandbox.__main__ import main
from suno_client.sandbox.connections import Listener
from suno_client.sandbox.spawn import READY, _end


class _Lines:
    """Standard output whose lines can be waited for."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self.source = os.fdopen(self._read, "rb")

    def write(self, text: str) -> None:
        os.write(self._write, text.encode())

    def flush(self) -> None:
        pass

    def url(self) -> str:
        return self.source.readline().decode().removeprefix(READY).strip()

    def close(self) -> None:
        os.close(self._write)
        self.source.close()


@pytest.fixture
def lines() -> Iterator[_Lines]:
    lines = _Lines()
    yield lines
    lines.close()


def _credits(url: str, path: str) -> object:
    opener = build_opener(ProxyHandler({}))
    opener.addheaders = [("Authorization", "Bearer only")]
    with opener.open(url + path, timeout=10) as answer:
        return json.load(answer)["data"]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_a_signal(lines: _Lines, ending: signal.Signals) -> None:
    told = list[object]()

    def use() -> None:
        told.append(_credits(lines.url(), "/api/v1/chat/credit"))
        os.kill(os.getpid(), ending)

    user = Thread(target=use)
    with redirect_stdout(lines):  # pyright: ignore[reportArgumentType] - it writes and flushes
        user.start()
        argv = ["--dialect", "kie", "--key", "only", "--credits", "7", "--speed", "9", "--script", "gateway"]
        assert main([*argv, "--seed", "3", "--music-seconds", "6", "--webhook-key", "w"]) == 0
    user.join()
    assert told == [7]


def test_it_ends_with_its_standard_input(lines: _Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()

    def use() -> None:
        lines.url()
        os.write(write, b"this is read and means nothing\n")
        os.close(write)

    user = Thread(target=use)
    with os.fdopen(read) as stdin, redirect_stdout(lines):  # pyright: ignore[reportArgumentType] - as above
        monkeypatch.setattr(sys, "stdin", stdin)
        user.start()
        assert main(["--until-stdin-closes"]) == 0
    user.join()


def test_a_taken_port_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setattr(sys, "argv", ["sandbox", "--port", port])
        with pytest.raises(SystemExit) as ended, pytest.warns(RuntimeWarning):
            runpy.run_module("suno_client.sandbox", run_name="__main__")
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"The Suno sandbox cannot listen on port {port}: Address already in use.\n"


def test_a_dialect_must_be_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--dialect", "french"])
    assert "'sunoapi', 'kie', 'gcui'" in capsys.readouterr().err


@pytest.mark.anyio
async def test_a_spawned_sandbox_speaks_the_dialect_that_is_asked_for() -> None:
    async with spawn_sandbox(dialect="kie", key="only", webhook_key="w") as sandbox:
        assert await anyio.to_thread.run_sync(_credits, sandbox.url, "/api/v1/chat/credit") == 1_000


@pytest.mark.anyio
async def test_a_sandbox_that_never_starts_is_told() -> None:
    with pytest.raises(SandboxNotStarted):
        async with spawn_sandbox(script="no such script"):
            pass


@pytest.mark.anyio
async def test_a_child_that_does_not_go_is_killed() -> None:
    deaf = await anyio.open_process([sys.executable, "-c", "import time; time.sleep(600)"])
    await _end(deaf, grace_s=0.1)
    with suppress(psutil.NoSuchProcess):
        assert psutil.Process(deaf.pid).status() == psutil.STATUS_ZOMBIE
    assert deaf.returncode == -signal.SIGKILL


def test_a_server_that_does_not_run_has_no_house() -> None:
    with pytest.raises(RuntimeError):
        _ = SandboxServer().house


def test_a_taken_port_is_an_error_of_the_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        Listener("127.0.0.1", taken.getsockname()[1])


def test_what_came_by_no_connection_cannot_be_cut() -> None:
    with Listener("127.0.0.1", 0) as listener:
        listener.cut({"client": None})
        listener.cut({"client": ("127.0.0.1", 1)})
