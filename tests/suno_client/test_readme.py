"""The README's code runs as it stands, but for the sandbox's port."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import suno_client

README = (Path(suno_client.__file__).parent / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def run(code: str, folder: Path) -> str:
    script = folder / "example.py"
    script.write_text(code, "utf-8")
    argv = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_example_puts_a_song_on_disk(tmp_path: Path, sandbox_url: str) -> None:
    said = run(BLOCKS[0].replace("http://127.0.0.1:8770", sandbox_url).replace("any-key", "sandbox"), tmp_path)
    assert said.startswith("queued []")
    assert "complete [" in said
    assert (tmp_path / "rain.mp3").stat().st_size > 6 * 8_000


@pytest.mark.parametrize("code", BLOCKS[1:])
def test_every_other_example_runs(tmp_path: Path, code: str) -> None:
    run(code, tmp_path)


def test_every_error_is_in_the_table() -> None:
    for name in suno_client.__all__:
        thing = getattr(suno_client, name)
        if isinstance(thing, type) and issubclass(thing, Exception) and name != "SunoError":
            assert f"`{name}`" in README
