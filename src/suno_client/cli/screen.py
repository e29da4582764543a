"""What is seen while a command runs: bars on a terminal's standard error, plain lines elsewhere, results on output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from suno_client.download import OnProgress
from suno_client.models import Stage

from .course import Common
from .shapes import Document, Outcome
from .words import printable

STAGES = {
    Stage.QUEUED: "in the queue",
    Stage.TEXT: "the words are there, the music is being made",
    Stage.FIRST: "the first take is whole",
    Stage.COMPLETE: "done",
}
Reach = Callable[[str, float], None]  # words, and the share that is done


class Screen:
    """Standard error is asked once whether it is a terminal. --quiet leaves errors and results."""

    def __init__(self, common: Common) -> None:
        self._common = common
        terminal = sys.stderr.isatty()
        bare = common.quiet or common.verbose or os.environ.get("TERM") == "dumb"
        self._lively = terminal and not bare
        self._console = Console(
            stderr=True, force_terminal=terminal, markup=False, highlight=False, emoji=False, soft_wrap=True
        )

    def show(self, outcome: Outcome) -> None:
        """The one document, or the lines."""
        if self._common.as_json:
            self.document(outcome.document)
        else:
            for line in outcome.lines:
                self._out(line)

    def document(self, document: Document) -> None:
        self._out(json.dumps(document, indent=2))

    def note(self, text: str) -> None:
        """Something on the way, which --quiet leaves out."""
        if not self._common.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        self._console.print(printable(self._common.blot(text)))

    @contextmanager
    def waiting(self, first: str) -> Generator[Reach]:
        """A bar that pulses until it is moved with words; without a terminal those are lines of their own."""
        if not self._lively:
            yield lambda words, share: self.note(words)  # noqa: ARG005 - a line has no length
            return
        with self._bars(SpinnerColumn(), _words(), BarColumn(), TimeElapsedColumn()) as bars:
            task = bars.add_task(first, total=None)
            yield lambda words, share: bars.update(task, description=words, completed=share, total=1.0)

    @contextmanager
    def fetching(self, name: str) -> Generator[OnProgress]:
        """A bar of bytes."""
        if not self._lively:
            yield _nothing
            return
        columns = (_words(), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn())
        with self._bars(*columns) as bars:
            task = bars.add_task(name, total=None)
            yield lambda size_bytes, total: bars.update(task, completed=size_bytes, total=total)

    def _bars(self, *columns: ProgressColumn) -> Progress:
        return Progress(*columns, console=self._console, transient=True)

    def _out(self, text: str) -> None:
        """What this output's encoding cannot hold is shown as "?": a song that is paid for is not lost to a title."""
        encoding = sys.stdout.encoding or "utf-8"
        line = self._common.blot(text)
        sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()


def _words() -> TextColumn:
    return TextColumn("{task.description}", markup=False)


def _nothing(size_bytes: int, total: int | None) -> None:
    """Bytes are not told without a bar."""
