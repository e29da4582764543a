"""The README is what PyPI shows: its code runs, its tables are whole, its first example as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.documents import README, blocks_of

import suno_client
from suno_client.dialects import DIALECTS

TEXT = README.read_text("utf-8")
PROGRAMS = [block for block in blocks_of("README") if block.language == "python"]


def run(code: str, folder: Path, *, as_test: bool = False) -> str:
    script = folder / "test_example.py"
    script.write_text(code, "utf-8")
    pytest_words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={folder}"]
    argv = [sys.executable, "-W", "error", *(pytest_words if as_test else []), str(script)]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_example_puts_a_song_on_disk(tmp_path: Path, sandbox_url: str) -> None:
    code = PROGRAMS[0].code.replace("http://127.0.0.1:8770", sandbox_url).replace("any-key", "sandbox")
    assert code.count("\n") - code.count("\n\n") <= 16, "ten lines, their imports and the way in"
    said = run(code, tmp_path)
    assert said.startswith("queued []")
    assert "complete [" in said
    assert (tmp_path / "rain.mp3").stat().st_size > 6 * 8_000


@pytest.mark.parametrize("block", PROGRAMS[1:], ids=lambda block: f"line {block.line}")
def test_every_other_example_runs(tmp_path: Path, block: object, sandbox_url: str) -> None:
    urls = dict.fromkeys(DIALECTS, sandbox_url)
    assert isinstance(block, type(PROGRAMS[0]))
    run(block.at(urls).replace("any-key", "sandbox"), tmp_path, as_test=block.is_test)


def test_every_error_is_in_the_table_with_what_it_costs_and_what_to_do() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", TEXT.partition("## Errors")[2], re.MULTILINE))
    public = (getattr(suno_client, name) for name in suno_client.__all__)
    errors = {each.__name__ for each in public if isinstance(each, type) and issubclass(each, Exception)}
    assert set(rows) == errors - {"SunoError"}
    assert all(len(cells) == 3 and all(cells) for cells in (row.split(" | ") for row in rows.values()))


def test_the_gateways_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(http\S+)`", TEXT, re.MULTILINE)
    assert dict(rows) == {dialect.name: dialect.base_url for dialect in DIALECTS.values()}


def test_the_features_of_each_gateway_are_those_of_its_dialect() -> None:
    told = {name: set[str]() for name in DIALECTS}
    for who, features in re.findall(r"^\| (all|`[\w`, ]+`) \| ((?:`\w+` ?)+) \|$", TEXT, re.MULTILINE):
        for name in DIALECTS if who == "all" else re.findall(r"\w+", who):
            told[name] |= set(re.findall(r"\w+", features))
    assert told == {dialect.name: set(dialect.features) for dialect in DIALECTS.values()}


def test_it_is_a_page_and_no_book() -> None:
    assert TEXT.count("\n") <= 200
    assert "](" not in TEXT, "relative links lead nowhere on a package's page"
