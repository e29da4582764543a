"""The sandbox as a process: it says where it listens, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import psutil
import pytest
from anyio.streams.buffered import BufferedByteReceiveStream
from sandbox.asking import WISH

from suno_client.sandbox import SandboxNotStarted, SandboxServer, spawn_sandbox

COMMAND = [sys.executable, "-m", "suno_client.sandbox"]


@pytest.fixture(scope="module", params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Spawning works from both loops."""
    return str(request.param)


@pytest.mark.anyio
async def test_a_spawned_sandbox_answers_and_ends_with_its_block() -> None:
    async with spawn_sandbox(music_seconds=6, speed=20, key="mine") as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        async with httpx.AsyncClient(
            base_url=sandbox.url, headers={"Authorization": f"Bearer {sandbox.key}"}, trust_env=False
        ) as http:
            assert (await http.get("/api/v1/generate/credit")).json()["data"] == 1_000
            assert (await http.post("/api/v1/generate", json=WISH)).json()["code"] == 200
        family = _family(sandbox.pid)
    await _gone(family)


@pytest.mark.anyio
async def test_a_sandbox_that_cannot_start_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SandboxNotStarted):
        async with spawn_sandbox(port=taken.getsockname()[1]):
            pass


def test_a_taken_port_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == f"The Suno sandbox cannot listen on port {port}: Address already in use.\n"


async def _started() -> tuple[anyio.abc.Process, str]:
    process = await anyio.open_process([*COMMAND, "--music-seconds", "60", "--speed", "20"], stderr=None)
    assert process.stdout is not None
    with anyio.fail_after(30):
        line = (await BufferedByteReceiveStream(process.stdout).receive_until(b"\n", 999)).decode()
    assert line.startswith("Suno sandbox listening on http://127.0.0.1:")
    return process, line.split()[-1]


@pytest.mark.anyio
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
async def test_no_orphan_and_no_file_is_left(
    ending: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    process, url = await _started()
    try:
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": "Bearer x"}, trust_env=False) as http:
            await http.post("/api/v1/generate", json=WISH)
        with anyio.fail_after(30):
            while not list(tmp_path.glob("suno-sandbox-*/*.mp3")):  # a renderer and its encoder are at work
                await anyio.sleep(0.05)
        family = _family(process.pid)
        assert len(family) >= 3
        os.kill(process.pid, ending)
        await _gone(family)
        with anyio.fail_after(10):
            while list(tmp_path.iterdir()):
                await anyio.sleep(0.05)
    finally:
        if process.returncode is None:
            process.kill()
        await process.aclose()


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


async def _gone(family: list[psutil.Process]) -> None:
    with anyio.fail_after(15):
        while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family):
            await anyio.sleep(0.05)


async def _enter_and_leave() -> None:
    async with SandboxServer() as server:
        assert server.url
    with pytest.raises(RuntimeError):
        _ = server.url


def test_the_server_in_process_gives_its_port_back() -> None:
    anyio.run(_enter_and_leave)
