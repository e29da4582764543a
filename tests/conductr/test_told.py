"""No sentence for people stands outside the catalogues: they are read in three languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for room in (ROOT / "src/conductr", ROOT / "apps/bot/conductr_bot")
    for path in room.rglob("*.py")
    if "languages" not in path.parts
)
SENTENCE = re.compile(r"[A-Z][a-z']* (?:[\w'{}/,:;()-]+ )+[\w'{}-]+[.?]")  # several words, and a full stop
FOR_OPERATORS = {"SetupError", "RuntimeError", "ValueError", "TypeError", "NotImplementedError", "AssertionError"}
LOGS = {"debug", "info", "warning", "error", "exception"}
SET_UP = {"app.py", "dialling.py"}  # read what the operator has set, and say what is wrong with it


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_leaves_what_people_read_to_the_catalogues(path: Path) -> None:
    tree = ast.parse(path.read_text())
    quiet = {id(node) for part in ast.walk(tree) if _is_for_others(part) for node in ast.walk(part)}
    said = [
        f"{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in quiet
        and SENTENCE.search(node.value)
    ]
    assert not said or path.name in SET_UP


def _is_for_others(node: ast.AST) -> bool:
    """Docstrings, logs, and errors that programmers and operators read."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _called(node.value) in LOGS
    return _called(node) in FOR_OPERATORS


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
