"""The README is what PyPI shows: its code runs, its first example plays a folder of songs in fifteen lines."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import numpy as np
import pytest
from support.documents import PLAYER_README, blocks_of
from support.player_documents import SECONDS, SONGS, faults_of, make_songs

import conductr_player
from conductr_player import PlayerError

TEXT = PLAYER_README.read_text("utf-8")
PROGRAMS = [block for block in blocks_of("player/README") if block.language == "python"]


def test_the_first_example_plays_a_folder_of_songs_into_a_file_in_fifteen_lines(tmp_path: Path) -> None:
    make_songs(tmp_path)
    lines = [line for line in PROGRAMS[0].code.splitlines() if line and not line.startswith(("import", "from"))]
    assert len(lines) <= 15
    assert not faults_of(PROGRAMS[:1], tmp_path)
    with wave.open(str(tmp_path / "music.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32_768
    songs = len([name for name in SONGS if name.startswith("music/")])
    assert len(sound) / 48_000 == pytest.approx(songs * SECONDS, abs=0.25)
    loud = [np.abs(sound[at : at + 4_800]).max() for at in range(0, int((songs * SECONDS - 0.1) * 48_000), 4_800)]
    assert min(loud) > 0.05, "not a tenth of a second without sound, also between the songs"


def test_every_other_example_runs(tmp_path: Path) -> None:
    make_songs(tmp_path)
    assert not "\n\n".join(faults_of(PROGRAMS[1:], tmp_path))


def test_every_error_is_in_the_table() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", TEXT.partition("## Errors")[2], re.MULTILINE))
    public = (getattr(conductr_player, name) for name in conductr_player.__all__)
    errors = {each.__name__ for each in public if isinstance(each, type) and issubclass(each, Exception)}
    assert rows == errors - {PlayerError.__name__}


def test_every_file_of_the_package_is_in_the_table() -> None:
    folder = PLAYER_README.parent
    told = set(re.findall(r"`([\w/]+\.py|\w+/)`", TEXT.partition("## Rooms")[2]))
    public = {path.name for path in folder.glob("*.py") if not path.name.startswith("_")}
    public |= {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    assert told == public


def test_it_is_a_page_and_no_book() -> None:
    assert TEXT.count("\n") <= 200
    assert "](" not in TEXT, "relative links lead nowhere on a package's page"
