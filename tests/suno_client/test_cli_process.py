"""The suno command as a process of its own: what a shell, a script and a person at a terminal see."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from suno_client.cli import main

pytestmark = pytest.mark.slow

KEY = "sandbox"
WITHIN_S = 60
SUNO = [sys.executable, "-m", "suno_client"]


def environment(base_url: str) -> dict[str, str]:
    return {**os.environ, "SUNO_BASE_URL": base_url, "SUNO_API_KEY": KEY, "TERM": "xterm"}


def run(base_url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SUNO, *words], env=environment(base_url), cwd=folder, capture_output=True, text=True, timeout=WITHIN_S
    )


@pytest.fixture
def stuck(sandbox_url: str) -> str:
    """The next task never ends."""
    with httpx.Client(base_url=sandbox_url, trust_env=False) as handles:
        handles.post("/_sandbox/reset")
        handles.post("/_sandbox/faults", json={"on": "task", "fault": "stuck"}).raise_for_status()
    return sandbox_url


def test_a_script_gets_one_document_and_progress_elsewhere(sandbox_url: str, tmp_path: Path) -> None:
    told = run(sandbox_url, tmp_path, "generate", "rain", "-o", "song.mp3", "--json")
    assert told.returncode == 0, told.stderr
    (file,) = json.loads(told.stdout)["files"]
    assert (tmp_path / "song.mp3").stat().st_size == file["size_bytes"]
    assert file["media_type"] == "audio/mpeg"
    assert "the music is being made" in told.stderr


def test_a_wrong_key_ends_in_three(sandbox_url: str, tmp_path: Path) -> None:
    told = run(sandbox_url, tmp_path, "credits", "--key", "sk-canary-7f3a9d")
    assert told.returncode == 3
    assert "canary" not in told.stdout + told.stderr


def test_an_interrupted_script_is_told_how_to_go_on(stuck: str, tmp_path: Path) -> None:
    command = [*SUNO, "generate", "rain", "-o", "song.mp3", "--json"]
    with subprocess.Popen(
        command, env=environment(stuck), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        line = running.stderr.readline()
        running.send_signal(signal.SIGINT)
        out, errors = running.communicate(timeout=WITHIN_S)
    assert running.returncode == 130
    error = json.loads(out)["error"]
    assert error["kind"] == "Interrupted"
    assert line.strip() == f"Task {error['task_id']}"
    assert error["go_on"].endswith(f"wait {error['task_id']} -o song.mp3")
    assert "Traceback" not in errors


def test_ctrl_c_at_a_terminal_ends_the_bar_and_leaves_the_way_to_go_on(stuck: str, tmp_path: Path) -> None:
    child, person = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(SUNO[0], [*SUNO, "generate", "rain", "-o", "song.mp3"], environment(stuck))
    seen = b""
    while b"in the queue" not in seen:
        seen += os.read(person, 4_096)
    os.write(person, b"\x03")
    try:
        while more := os.read(person, 4_096):
            seen += more
    except OSError:  # a terminal whose program has ended says so
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    shown = seen.decode()
    assert "━━━" in shown
    assert "wait" in shown.partition("goes on without you")[2]
    assert "Traceback" not in shown


def test_the_client_alone_brings_nothing_of_the_command(tmp_path: Path) -> None:
    """httpx brings rich along by itself, where it is there."""
    asks = "import sys, suno_client; sys.exit(bool({'typer', 'suno_client.cli'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asks], cwd=tmp_path, timeout=WITHIN_S).returncode == 0


def test_a_worker_process_may_load_the_module_without_running_it() -> None:
    """As multiprocessing does with the main module of whoever started it."""
    assert import_module("suno_client.__main__").main is main
