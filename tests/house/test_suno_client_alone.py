"""suno-client needs what it declares and nothing more: no package of this house, no extra that was not asked for.

`make alone` proves the same of the wheel in a clean environment; this is quick enough for each run of the tests.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "suno_client"
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
# Which rooms may use which extra; all else makes do with what comes with every installation.
ROOMS = {"sandbox": ("sandbox",), "cli": ("cli", "sandbox"), "testing": ("sandbox",)}
HOSTS = {"testing/fixtures.py": {"pytest"}}  # files that only run inside another program, which is then there
BROUGHT_BY = {
    module: {name.lower().replace("_", "-") for name in distributions}
    for module, distributions in packages_distributions().items()
}

LOADED = """
import sys
import httpx  # which loads rich for a command line of its own, where it finds it
before = set(sys.modules)
import suno_client, suno_client.webhooks
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", line)[0].lower() for line in requirements}


def third_party(path: Path) -> set[str]:
    """Top-level names of other packages that a file imports, wherever in it."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            modules = [node.module]
        else:
            continue
        found |= {module.partition(".")[0] for module in modules}
    return found - {*sys.stdlib_module_names, "suno_client"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_is_declared(path: Path) -> None:
    allowed = names(PROJECT["dependencies"])
    for extra in ROOMS.get(path.relative_to(PACKAGE).parts[0], ()):
        allowed |= names(EXTRAS[extra])
    for module in third_party(path) - HOSTS.get(path.relative_to(PACKAGE).as_posix(), set()):
        assert BROUGHT_BY.get(module, {module}) & allowed, f"{module} is not declared for {path.name}"


def test_importing_it_loads_nothing_of_ours_and_nothing_of_the_extras() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    brought_by = {name for module in done.stdout.split() for name in BROUGHT_BY.get(module, ())}
    of_extras = names([line for lines in EXTRAS.values() for line in lines])
    assert not {name for name in brought_by if name.startswith("conductr")}
    assert not brought_by & of_extras
