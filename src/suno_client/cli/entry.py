"""The command's door: says what is missing where typer is, hands the words over, and tells of those it cannot read."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .argv import hoisted
from .codes import Code

MISSING = 'The suno command needs two more packages: pip install "suno-client[cli]"\n'


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code (see `codes`)."""
    front, rest = hoisted(sys.argv[1:] if argv is None else argv)
    try:
        import rich  # noqa: F401, PLC0415 # pyright: ignore[reportUnusedImport] - asked for, so that its absence is told here
        import typer  # noqa: F401, PLC0415 # pyright: ignore[reportUnusedImport] - likewise
    except ModuleNotFoundError:
        sys.stderr.write(MISSING)
        return Code.USAGE
    try:
        from .app import call  # noqa: PLC0415 - it needs what was just looked for
    except KeyboardInterrupt:  # before anything was begun; a command tells of its own interruption
        return Code.INTERRUPTED
    return call(front, rest)
