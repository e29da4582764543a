"""What the docs and decisions say about the tree is so."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCREEN = 60  # lines
SOURCES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "apps").rglob("*.py")])
ROOMS = {
    "suno_client": ROOT / "src/suno_client",
    "conductr_player": ROOT / "src/conductr_player",
    "conductr_store": ROOT / "src/conductr_store",
    "conductr:": ROOT / "src/conductr",
    "apps/bot": ROOT / "apps/bot/conductr_bot",
    "apps/web": ROOT / "apps/web/conductr_web",
    "apps/solo": ROOT / "apps/solo/conductr_solo",
}


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_a_file_says_its_purpose_and_stays_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 250, "a file of more than 250 lines has more than one purpose"
    if path.name != "__init__.py" and text.strip():
        assert ast.get_docstring(ast.parse(text)), "the first line tells the one purpose"


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= SCREEN, f"{node.name} has {lines} lines"


def _exists(name: str, room: Path) -> bool:
    return any((base / name).exists() for base in (room, ROOT, ROOT / "src", ROOT / "apps")) or any(room.rglob(name))


def test_every_file_that_the_architecture_names_exists() -> None:
    room, missing = ROOT, []
    for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines():
        if line.startswith("## "):
            room = next((folder for name, folder in ROOMS.items() if line[3:].startswith(name)), ROOT)
        if match := re.match(r"- \*\*`(apps/[\w/]+)`", line):
            room = ROOT / match[1]
        named = re.findall(r"`([\w./]+\.(?:py|md|html|css|js))`", line)
        missing += [name for name in named if not _exists(name, room)]
    assert not missing


def test_httpx_is_imported_where_something_is_sent_or_pretended_to_be() -> None:
    imports = re.compile(r"^\s*(import|from) httpx\b", re.MULTILINE)
    importing = {_named(path) for path in SOURCES if imports.search(path.read_text())}
    assert {name for name in importing if not name.startswith("src/suno_client/testing/")} == {
        "src/suno_client/_files/hosts.py",  # files
        "src/suno_client/_transport.py",  # calls
        "src/suno_client/sandbox/callbacks.py",  # stages, posted as the gateway does
        "src/suno_client/sandbox/sides/fetching.py",  # files that a gateway is to fetch
    }


def test_what_tests_alone_need_is_imported_for_them_alone() -> None:
    """`suno_client` needs neither pytest nor starlette: who imports it, or FakeSuno, may have neither."""
    imports = re.compile(r"^\s*(?:import|from) (pytest|starlette)\b", re.MULTILINE)
    client = [path for path in SOURCES if "suno_client" in path.parts and "sandbox" not in path.parts]
    importing = {_named(path): set(imports.findall(path.read_text())) for path in client}
    assert {name: found for name, found in importing.items() if found} == {
        "src/suno_client/testing/_app_transport.py": {"starlette"},
        "src/suno_client/testing/_in_process.py": {"starlette"},
        "src/suno_client/testing/fixtures.py": {"pytest"},
    }
    lean = "import suno_client.testing, sys; sys.exit(bool({'pytest', 'starlette', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", lean], check=False).returncode == 0


def test_only_open_conductr_asks_which_mode_it_is() -> None:
    asking = {_named(path) for path in SOURCES if "embedded_suno" in path.read_text()}
    assert asking == {
        "src/conductr/app.py",
        "src/conductr/settings.py",
        "apps/solo/conductr_solo/doctor.py",  # says which it is
    }


def test_no_distribution_shares_py_cords_import_name() -> None:
    names = {(dist.metadata["Name"] or "").lower() for dist in distributions()}
    assert not names & {"discord.py", "discord-py", "nextcord", "disnake"}


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    host = re.compile("pypi" + r"\.org|files\.python" + "hosted|registry" + r"\.npmjs|/(?:ro" + "ot|wo" + "rk)/")
    for name in listed.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".jpg", ".ogg", ".mp3"}:
            assert not host.search(path.read_text(errors="replace")), name
