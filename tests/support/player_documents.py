"""Runs the blocks of README and guides of conductr-player, where a reader has some songs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from conductr_player import find_ffmpeg

from . import run_documents
from .documents import Block

SECONDS = 3  # of each song
SONGS = {"rain.mp3": 262, "music/one.mp3": 330, "music/two.mp3": 440}


def make_songs(folder: Path) -> None:
    (folder / "music").mkdir()
    for name, hertz in SONGS.items():
        tone = f"sine=frequency={hertz}:duration={SECONDS}"
        argv = [find_ffmpeg(), "-v", "error", "-f", "lavfi", "-i", tone, "-b:a", "128k", str(folder / name)]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def faults_of(blocks: Iterable[Block], folder: Path) -> list[str]:
    """What goes wrong where all of them run, one after the other."""
    asked = json.dumps(
        [
            {
                "kind": "file" if block.title else "program" if block.language == "python" else "shown",
                "title": block.title or "",
                "place": f"{block.page}.md, line {block.line}",
                "code": block.code,
            }
            for block in blocks
        ]
    )
    argv = [sys.executable, "-W", "error", run_documents.__file__]
    done = subprocess.run(argv, input=asked, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else [done.stdout + done.stderr]
