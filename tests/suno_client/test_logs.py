"""One variable of the environment shows what the client does; without it, logging stays as the program has it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import anyio, logging
from suno_client.testing import FakeSuno

async def main():
    async with FakeSuno(key="sk-canary").client() as suno:
        await suno.credits()
    async with FakeSuno(key="sk-canary").client() as suno:  # a second client adds no second line
        pass

anyio.run(main)
print(len(logging.getLogger("suno_client").handlers), logging.getLogger().handlers)
"""


def run(level: str | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"SUNO_LOG": level} if level is not None else {})}
    argv = [sys.executable, "-c", PROGRAM]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=True)


@pytest.mark.parametrize("level", ["debug", " DEBUG "])
def test_debug_shows_each_call_once_and_never_the_key(level: str) -> None:
    done = run(level)
    assert done.stderr.count("GET /api/v1/generate/credit: HTTP 200") == 1
    assert "canary" not in done.stderr
    assert done.stdout == "1 []\n"


def test_info_shows_no_call() -> None:
    assert run("info").stderr == ""


@pytest.mark.parametrize("level", [None, "", "loud"])
def test_without_a_level_nothing_is_set_up(level: str | None) -> None:
    done = run(level)
    assert (done.stdout, done.stderr) == ("0 []\n", "")
