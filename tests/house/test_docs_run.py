"""Every code block of the guides does what it says: programs, tests and commands, against the sandbox.

`tests/support/documents.py` says what differs from what a reader sees.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from tomllib import loads

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from support import run_documents
from support.documents import GUIDES, OWN_FILES, ROOT, Block, blocks_of

from suno_client.sandbox import Dialect, spawn_sandbox
from suno_client.sandbox.__main__ import _arguments
from suno_client.testing import silent_mp3

AT_A_TIME = 3  # pages; most of the time of each is waiting
PAGES = [path.stem for path in sorted(GUIDES.glob("*.md"))]
LANGUAGES = {"python", "console", "sh"}
URLS = dict[str, str]


@pytest.fixture(scope="session")
def urls() -> Iterator[SimpleQueue[URLS]]:
    """Quick sandboxes with short songs: of sunoapi one for each page at a time, of the others one for all."""
    with start_blocking_portal() as portal, ExitStack() as stack:

        def started(dialect: Dialect) -> str:
            sandbox = spawn_sandbox(dialect=dialect, speed=20, music_seconds=6)
            return stack.enter_context(portal.wrap_async_context_manager(sandbox)).url

        shared: URLS = {"kie": started("kie"), "gcui": started("gcui")}
        found = SimpleQueue[URLS]()
        for _ in range(AT_A_TIME):
            found.put({"sunoapi": started("sunoapi"), **shared})
        yield found


@pytest.fixture(scope="session")
def faults_by_page(
    request: pytest.FixtureRequest, urls: SimpleQueue[URLS], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[list[str]]]]:
    """All pages that this session asks for, some at a time."""
    tests = (item for item in request.session.items if "faults_by_page" in getattr(item, "fixturenames", ()))
    asked: set[str] = {getattr(item, "callspec").params["page"] for item in tests}  # noqa: B009 - pytest types it nowhere
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {page: pool.submit(run_page, page, urls, tmp_path_factory.mktemp(page)) for page in sorted(asked)}


def run_page(page: str, urls: SimpleQueue[URLS], folder: Path) -> list[str]:
    """What went wrong. Songs that a page asks for and does not wait for are given up at its end."""
    for name in OWN_FILES:
        (folder / name).write_bytes(silent_mp3(8))
    here = urls.get()
    try:
        return run_blocks(blocks_of(page), here, folder)
    finally:
        httpx.post(f"{here['sunoapi']}/_sandbox/reset", trust_env=False).raise_for_status()
        urls.put(here)


def run_blocks(blocks: list[Block], urls: URLS, folder: Path) -> list[str]:
    asked = json.dumps([told(block, urls) for block in blocks])
    settings = {"SUNO_BASE_URL": urls["sunoapi"], "SUNO_API_KEY": "any-key"}
    argv = [sys.executable, "-W", "error", run_documents.__file__]
    done = subprocess.run(
        argv, input=asked, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout) if done.returncode == 0 else [done.stdout + done.stderr]


def told(block: Block, urls: URLS) -> dict[str, str]:
    kind = "file" if block.title else {"python": "program", "console": "console"}.get(block.language, "shown")
    place = f"{block.page}.md, line {block.line}"
    return {"kind": kind, "title": block.title or "", "place": place, "code": block.at(urls)}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_guide_runs(page: str, faults_by_page: dict[str, Future[list[str]]]) -> None:
    assert not "\n\n".join(faults_by_page[page].result())


@pytest.mark.parametrize("page", PAGES)
def test_a_block_is_run_or_says_that_it_is_for_the_readers_machine(page: str) -> None:
    blocks = blocks_of(page)
    assert blocks, "a guide shows how"
    assert GUIDES.joinpath(f"{page}.md").read_text().count("```") == 2 * len(blocks)
    assert {block.language for block in blocks} <= LANGUAGES
    assert all(block.title for block in blocks if block.is_test), "a test needs a file's name"


@pytest.mark.parametrize("page", ["README", *PAGES])
def test_what_is_shown_for_the_readers_machine_could_be_typed_there(page: str) -> None:
    extras = set(loads((ROOT / "src/suno_client/pyproject.toml").read_text())["project"]["optional-dependencies"])
    for block in blocks_of(page):
        for line in block.code.splitlines() if block.language == "sh" else ():
            match shlex.split(line):
                case ["pip", "install", what]:
                    name, _, rest = what.partition("[")
                    assert name == "suno-client"
                    assert set(rest.rstrip("]").split(",")) <= extras
                case ["python", "-m", "suno_client.sandbox", *words]:
                    assert _arguments().parse_args(words).port
                case ["suno", "sandbox", "--port", port]:
                    assert int(port)
                case ["export", *settings]:
                    assert {name.partition("=")[0] for name in settings} <= {"SUNO_BASE_URL", "SUNO_API_KEY"}
                case words:
                    pytest.fail(f"nobody has checked {words}")


@pytest.mark.parametrize("page", ["README", *PAGES])
def test_the_code_has_the_houses_manners(page: str, tmp_path: Path) -> None:
    """Formatted, sorted, nothing unused: the rules of the repository, but for what a program on a page may do."""
    for block in blocks_of(page):
        if block.language == "python":
            (tmp_path / f"line_{block.line}.py").write_text(block.code)
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    ruff = [sys.executable, "-m", "ruff"]
    for words in (["format", "--check"], ["check", "--extend-ignore", "D,T20,INP,PLR,PT017,ASYNC230"]):
        argv = [*ruff, *words, *config, str(tmp_path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_block_that_fails_is_told(tmp_path: Path) -> None:
    """The runner itself: what goes wrong in a program, a command or a test comes out."""
    asked = [
        {"kind": "program", "title": "", "place": "p, line 1", "code": "raise ValueError('no song')"},
        {"kind": "console", "title": "", "place": "p, line 2", "code": "$ python -c 'exit(3)'\n"},
        {"kind": "console", "title": "", "place": "p, line 3", "code": "$ python -c 'exit(3)'\n$ echo $?\n3\n"},
        {"kind": "file", "title": "test_it.py", "place": "p, line 4", "code": "def test_it():\n    assert 1 == 2\n"},
        {"kind": "program", "title": "", "place": "p, line 5", "code": "import test_it"},
    ]
    argv = [sys.executable, run_documents.__file__]
    done = subprocess.run(argv, input=json.dumps(asked), cwd=tmp_path, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert [line.partition("\n")[0] for line in said[:2]] == ["p, line 1", "p, line 2"]
    assert "no song" in said[0]
    assert "assert 1 == 2" in said[2]
    assert len(said) == 3
