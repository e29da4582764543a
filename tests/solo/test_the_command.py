"""The conductr command, as typed: what is missing is named in a sentence with the way out, never a traceback."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen, run

import pytest

WITHIN_S = 60


def conductr(folder: Path, *words: str, **settings: str) -> CompletedProcess[str]:
    return run(
        [sys.executable, "-m", "conductr_solo", *words],
        env=environment(folder, settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTR_")}
    return {**own, "CONDUCTR_DATA_DIR": str(folder / "data"), **settings}


def test_a_healthy_machine_needs_nothing_more(tmp_path: Path) -> None:
    told = conductr(tmp_path, "doctor")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Everything is ready" in told.stdout
    assert "FAIL" not in told.stdout


def test_without_ffmpeg_the_doctor_says_where_to_get_it(tmp_path: Path) -> None:
    told = conductr(tmp_path, "doctor", CONDUCTR_FFMPEG="/no/such/ffmpeg")
    assert told.returncode == 1
    assert "FAIL FFmpeg" in told.stdout
    assert "pip install imageio-ffmpeg" in told.stdout


def test_a_suno_gateway_that_is_down_is_told_by_the_doctor_without_the_key(tmp_path: Path) -> None:
    told = conductr(
        tmp_path, "doctor", CONDUCTR_SUNO_API_KEY="planted-key-123", CONDUCTR_SUNO_BASE_URL="http://127.0.0.1:9"
    )
    assert told.returncode == 1
    assert "FAIL Suno" in told.stdout
    assert "planted-key-123" not in told.stdout + told.stderr


def test_a_wrong_discord_token_is_told_by_the_doctor(tmp_path: Path) -> None:
    told = conductr(
        tmp_path, "doctor", CONDUCTR_DISCORD_TOKEN="planted-token", CONDUCTR_DISCORD_API_BASE="http://127.0.0.1:9"
    )
    assert told.returncode == 1
    assert "FAIL Discord" in told.stdout
    assert "planted-token" not in told.stdout + told.stderr


def test_a_port_in_use_is_named_with_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = conductr(tmp_path, "demo", "--no-open", "--port", port)
    assert told.returncode == 1
    assert port in told.stderr
    assert "CONDUCTR_WEB_PORT" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_folder_that_cannot_be_written_is_named_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = conductr(tmp_path, "up", CONDUCTR_DATA_DIR=str(tmp_path / "file" / "data"))
    assert told.returncode == 1
    assert "CONDUCTR_DATA_DIR" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    told = conductr(tmp_path, "up", CONDUCTR_WEB_PORT="eighty")
    assert told.returncode == 2
    assert "CONDUCTR_WEB_PORT" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_address_without_a_key_says_which_key(tmp_path: Path) -> None:
    told = conductr(tmp_path, "up", CONDUCTR_SUNO_BASE_URL="http://127.0.0.1:9")
    assert told.returncode == 1
    assert "CONDUCTR_SUNO_API_KEY" in told.stderr


@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_asked_and_leaves_no_child(tmp_path: Path, farewell: signal.Signals) -> None:
    command = [sys.executable, "-m", "conductr_solo", "demo", "--no-open", "--port", "0"]
    with Popen(command, env=environment(tmp_path, {}), cwd=tmp_path, stdout=PIPE, stderr=PIPE, text=True) as running:
        assert running.stdout is not None
        while "plays at" not in running.stdout.readline():
            assert running.poll() is None
        running.send_signal(farewell)
        _, errors = running.communicate(timeout=WITHIN_S)
    assert running.returncode == 0, errors
    assert "Traceback" not in errors
