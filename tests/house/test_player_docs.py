"""The guides of conductr-player: each block runs and is well-mannered, and every public name is in the reference."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from tomllib import loads

import pytest
from attrs import fields
from support.documents import PLAYER_GUIDES, ROOT, blocks_of
from support.player_documents import faults_of, make_songs

from conductr_player import EndReason, Sound, SoundEffect

PAGES = [path.stem for path in sorted(PLAYER_GUIDES.glob("*.md"))]
REFERENCE = ROOT / "docs/reference/conductr-player"
PUBLIC = ("conductr_player", "conductr_player.testing")
AT_A_TIME = 2  # pages; much of the time of each is sound that lasts


@pytest.fixture(scope="module")
def faults_by_page(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Future[list[str]]]:
    def run(page: str) -> list[str]:
        folder = tmp_path_factory.mktemp(page)
        make_songs(folder)
        return faults_of(blocks_of(f"player/{page}"), folder)

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return {page: pool.submit(run, page) for page in PAGES}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_guide_runs(page: str, faults_by_page: dict[str, Future[list[str]]]) -> None:
    assert not "\n\n".join(faults_by_page[page].result())


@pytest.mark.parametrize("page", PAGES)
def test_a_block_is_run_or_is_for_the_readers_machine(page: str) -> None:
    blocks = blocks_of(f"player/{page}")
    assert blocks, "a guide shows how"
    assert PLAYER_GUIDES.joinpath(f"{page}.md").read_text().count("```") == 2 * len(blocks)
    assert {block.language for block in blocks} <= {"python", "sh"}
    assert all(block.title for block in blocks if block.is_test), "a test needs a file's name"


@pytest.mark.parametrize("page", ["README", *PAGES])
def test_what_is_shown_for_the_readers_machine_could_be_typed_there(page: str) -> None:
    extras = set(loads((ROOT / "src/conductr_player/pyproject.toml").read_text())["project"]["optional-dependencies"])
    for block in blocks_of(f"player/{page}"):
        for line in block.code.splitlines() if block.language == "sh" else ():
            match shlex.split(line):
                case ["pip", "install", what]:
                    name, _, rest = what.partition("[")
                    assert name == "conductr-player"
                    assert {each for each in rest.rstrip("]").split(",") if each} <= extras
                case words:
                    pytest.fail(f"nobody has checked {words}")


@pytest.mark.parametrize("page", ["README", *PAGES])
def test_the_code_has_the_houses_manners(page: str, tmp_path: Path) -> None:
    for block in blocks_of(f"player/{page}"):
        if block.language == "python":
            (tmp_path / f"line_{block.line}.py").write_text(block.code)
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for words in (["format", "--check"], ["check", "--extend-ignore", "ARG,D,T20,INP,PLR,ASYNC230"]):
        argv = [sys.executable, "-m", "ruff", *words, *config, str(tmp_path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def first_cells(page: str, head: str) -> list[str]:
    """The first column of the table with this head, without its marks."""
    after = PLAYER_GUIDES.joinpath(f"{page}.md").read_text().partition(f"| {head} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([\w]+)` \|", after, re.MULTILINE)


def test_tables_say_what_the_code_knows() -> None:
    assert first_cells("outputs", "Reason") == [reason.value for reason in EndReason]
    assert first_cells("sound", "field") == [field.name for field in fields(Sound)]
    effects = PLAYER_GUIDES.joinpath("sound.md").read_text().partition("| `effects` | ")[2].partition(" |")[0]
    assert effects.replace("`", "").split() == [effect.value for effect in SoundEffect]


def named() -> list[str]:
    return re.findall(r"^::: ([\w.]+)", "\n".join(page.read_text() for page in REFERENCE.glob("*.md")), re.MULTILINE)


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    found = import_module(module)
    public = getattr(found, "__all__", None) or [
        name
        for name, each in vars(found).items()
        if not name.startswith("_") and getattr(each, "__module__", "") == module
    ]
    assert {f"{module}.{name}" for name in public} <= set(named())


def test_nothing_is_in_the_reference_twice() -> None:
    assert len(named()) == len(set(named()))
