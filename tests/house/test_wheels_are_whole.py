"""Each package's wheel holds all its modules and data, its licence and the marker that it is typed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "src/suno_client": "suno_client",
    "src/conductr_player": "conductr_player",
    "src/conductr_store": "conductr_store",
    "src/conductr": "conductr",
    "apps/bot": "conductr_bot",
    "apps/web": "conductr_web",
    "apps/solo": "conductr_solo",
}
SHIPPED = {".py", ".mako", ".html", ".css", ".js", ".svg", ".typed"}


@pytest.mark.parametrize("folder", PACKAGES)
def test_a_wheel_holds_what_its_folder_holds(folder: str, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / folder, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    name = PACKAGES[folder]
    root = ROOT / folder if folder.startswith("src") else ROOT / folder / name
    expected = {
        f"{name}/{path.relative_to(root).as_posix()}"
        for path in root.rglob("*")
        if path.is_file() and (path.suffix in SHIPPED or path.name == "py.typed") and "__pycache__" not in path.parts
    }
    assert expected <= names
    assert f"{name}/py.typed" in names
    assert any(entry.endswith("/LICENSE") for entry in names)
