"""conductr-player needs what it declares and nothing more: no package of this house, no extra not asked for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "conductr_player"
SETTINGS = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
PROJECT = SETTINGS["project"]
OF_BUILDING = {"native/hatch_build.py"}  # runs when the package is built
OF_RTP = {"rtp.py"}  # the only file that may use the extra
OF_A_LOOP = {"trio", "sniffio"}  # imported where they are there
BROUGHT_BY = {
    module: {name.lower().replace("_", "-") for name in distributions}
    for module, distributions in packages_distributions().items()
}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", line)[0].lower() for line in requirements}


def third_party(path: Path) -> set[str]:
    """Top-level names of other packages that a file imports, wherever in it, also by `import_module`."""
    text = path.read_text()
    found = set(re.findall(r'import_module\("(\w+)', text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found - {*sys.stdlib_module_names, "conductr_player"} - OF_A_LOOP


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_is_declared(path: Path) -> None:
    allowed = names(PROJECT["dependencies"])
    if path.relative_to(PACKAGE).as_posix() in OF_RTP:
        allowed |= names(PROJECT["optional-dependencies"]["rtp"])
    if path.relative_to(PACKAGE).as_posix() in OF_BUILDING:
        allowed |= names(SETTINGS["build-system"]["requires"])
    for module in third_party(path):
        assert BROUGHT_BY.get(module, {module}) & allowed, f"{module} is not declared for {path.name}"


def test_each_dependency_is_used() -> None:
    modules = {module for path in PACKAGE.rglob("*.py") for module in third_party(path)}
    used = {name for module in modules for name in BROUGHT_BY.get(module, {module})}
    assert names(PROJECT["dependencies"]) <= used


def test_importing_it_loads_nothing_of_the_extra() -> None:
    code = "import conductr_player, sys; sys.exit(bool({'cryptography', 'nacl', 'imageio_ffmpeg'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
