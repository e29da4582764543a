"""The site: every public name has its place in the reference, and it is built without a word of complaint."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from suno_client import SunoClient, results

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference/suno-client"
PUBLIC = (
    "suno_client",
    "suno_client.requests",
    "suno_client.webhooks",
    "suno_client.testing",
    "suno_client.testing.fixtures",
    "suno_client.sandbox",
)


def named() -> list[str]:
    return re.findall(r"^::: ([\w.]+)", "\n".join(page.read_text() for page in REFERENCE.glob("*.md")), re.MULTILINE)


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    public = {f"{module}.{name}" for name in import_module(module).__all__}
    assert public <= set(named())


def test_every_result_is_in_the_reference() -> None:
    classes = {
        name for name, each in vars(results).items() if inspect.isclass(each) and each.__module__ == results.__name__
    }
    assert {f"suno_client.results.{name}" for name in classes - {"Job"}} <= set(named())


def test_every_resource_of_a_client_is_in_the_reference() -> None:
    page = (REFERENCE / "client.md").read_text()
    resources = {name for name in vars(SunoClient("any-key")) if not name.startswith("_")}
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == resources


def test_nothing_is_in_the_reference_twice() -> None:
    names = named()
    assert len(names) == len(set(names))


def test_every_page_is_in_the_navigation() -> None:
    config = (ROOT / "mkdocs.yml").read_text()
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages == set(re.findall(r": (\S+\.md)$", config, re.MULTILINE))


@pytest.mark.slow
def test_the_site_is_built_in_strict_mode(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    (tmp_path / "src").symlink_to(ROOT / "src")
    argv = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout + done.stderr
    page = (tmp_path / "site/reference/suno-client/client/index.html").read_text()
    assert 'id="suno_client.SunoClient.with_options"' in page
    assert "fonts.googleapis" not in page
