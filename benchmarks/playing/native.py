"""The two C programs of the benchmark, compiled where there is a compiler."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from attrs import frozen

HERE = Path(__file__).parent


@frozen
class Native:
    """The programs, or why they are not there."""

    sink: Path | None
    floor: Path | None
    why_not: str = ""


def compiled(folder: Path) -> Native:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return Native(None, None, "there is no C compiler here (Debian: apt install gcc libc6-dev)")
    made = list[Path]()
    for name in ("sink", "floor"):
        argv = [compiler, "-O2", "-o", str(folder / name), str(HERE / f"{name}.c"), "-ldl"]
        result = subprocess.run(argv, capture_output=True, text=True, check=False)
        if result.returncode:
            return Native(None, None, f"{name}.c cannot be compiled: {result.stderr.strip().splitlines()[-1:]}")
        made.append(folder / name)
    return Native(made[0], made[1])
