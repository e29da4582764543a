"""Compiles round.c when the package is built or installed. It fails no build: without the library, Python sends.

python hatch_build.py FILE.so [-fsanitize=...]    compile it by hand
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    Base = BuildHookInterface[Any]
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface as Base
    except ImportError:  # run by hand
        Base = object

HERE = Path(__file__).parent
SOURCE = HERE / "round.c"
LIBRARY = HERE / "round.so"
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")
PLAIN = ("-std=c11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden")
WITHIN_S = 120


class Hook(Base):
    """A wheel with the library is for this platform and any Python; one without is for all platforms."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":  # a source archive carries no machine's library
            return
        if why_not := compiled(LIBRARY):
            self.app.display_info(f"conductr-player: packets will be sent from Python: {why_not}")
        elif version != "editable":
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform()}"
            build_data["force_include"][str(LIBRARY)] = "native/round.so"  # `sources` goes before it


def _platform() -> str:
    """As pip names this machine; sysconfig's name is the kernel's, which may be wider than Python."""
    from packaging.tags import sys_tags  # noqa: PLC0415 - there while hatchling builds

    return next(tag.platform for tag in sys_tags() if "many" not in tag.platform and "musl" not in tag.platform)


def compiled(library: Path, *flags: str) -> str:
    """Compile to `library`, whole or not at all. Returns why that cannot be; nothing where it is done."""
    if not sys.platform.startswith("linux"):
        return "the library is for Linux"
    if os.environ.get("CONDUCTR_PLAYER_NATIVE") == "0":
        return "CONDUCTR_PLAYER_NATIVE is 0"
    try:
        compiler = _compiler()
    except ValueError as error:
        return f"CC cannot be read: {error}"
    if not compiler:
        return "there is no C compiler"
    part = library.with_name(f".{library.name}.{os.getpid()}")  # several environments are set up at once
    argv = [*compiler, *PLAIN, *WARNINGS, *flags, "-o", str(part), str(SOURCE), "-ldl"]
    try:
        result = subprocess.run(argv, capture_output=True, text=True, timeout=WITHIN_S, check=False)
        if result.returncode:
            return f"{SOURCE.name} cannot be compiled: {result.stderr.strip()}"
        part.replace(library)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    finally:
        with suppress(OSError):
            part.unlink()
    return ""


def _compiler() -> list[str]:
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    return shlex.split(os.environ.get("CC", "")) or ([found] if found else [])


if __name__ == "__main__":
    sys.exit(compiled(Path(sys.argv[1]), *sys.argv[2:]) or None)
