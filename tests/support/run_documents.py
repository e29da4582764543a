"""Runs the blocks of one page, as JSON on standard input tells them, and says on standard output what went wrong.

A process of its own: what a program leaves behind ends with its page. It does what `documents` says, and nothing else.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
import traceback
from pathlib import Path

Asked = dict[str, str]
PYTHON = shlex.quote(sys.executable)
COMMANDS = f'suno() {{ {PYTHON} -m suno_client "$@"; }}; python() {{ {PYTHON} "$@"; }}'


def program(block: Asked) -> str | None:
    """What a Python program has to say for itself where it fails."""
    said = io.StringIO()
    try:
        code = compile(block["code"], block["place"], "exec", dont_inherit=True)
        with contextlib.redirect_stdout(said):
            exec(code, {"__name__": "__main__"})
    except BaseException:  # noqa: BLE001 - a program that exits has failed too
        return f"{said.getvalue()}{traceback.format_exc()}"
    return None


def tests(folder: Path) -> str | None:
    """One pytest for all of the page's test files."""
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={folder}"]
    done = subprocess.run([*argv, str(folder)], cwd=folder, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stdout + done.stderr


def console(block: Asked) -> str | None:
    """Each command must end well, unless the page shows the code with which it ends."""
    lines = block["code"].splitlines()
    for place, line in enumerate(lines):
        if not line.startswith("$ "):
            continue
        rest = lines[place + 1 :]
        command = line[2:]
        while command.endswith("\\"):
            command = command[:-1] + rest.pop(0)
        if command == "echo $?":
            continue
        ends = int(rest[1]) if rest[:1] == ["$ echo $?"] else 0
        script = f"{COMMANDS}\n{command}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
        if done.returncode != ends:
            return f"{command}\nended with {done.returncode}\n{done.stdout}{done.stderr}"
    return None


def main() -> None:
    blocks: list[Asked] = json.load(sys.stdin)
    folder = Path.cwd()
    sys.path.insert(0, str(folder))
    wrong: list[str] = []
    for block in blocks:
        if block["kind"] == "file":
            (folder / block["title"]).write_text(block["code"], "utf-8")
    for block in blocks:
        match block["kind"]:
            case "program":
                said = program(block)
            case "console":
                said = console(block)
            case _:
                said = None
        if said is not None:
            wrong.append(f"{block['place']}\n{said}")
    if any(block["kind"] == "file" and block["title"].startswith("test_") for block in blocks) and (
        said := tests(folder)
    ):
        wrong.append(said)
    json.dump(wrong, sys.stdout)


if __name__ == "__main__":
    main()
