"""Runs one command: a client for it, its result told once, each error as words and an exit code."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from suno_client import FileJournal, Polling, SunoClient
from suno_client._addresses import host_of, is_loopback
from suno_client._logs import FORMAT

from .codes import Code, Usage, code_of
from .course import Common, Course
from .screen import Screen
from .shapes import Outcome, error_document
from .words import said_of

CALL_S = 20.0  # the longest that one call may take
NO_KEY = "none"  # for what needs none: no media host ever sees it


@dataclass(frozen=True, slots=True)
class Noted:
    """Where a submission is written down, so that the same command may be run again without paying twice."""

    journal: Path | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with."""

    suno: SunoClient
    common: Common
    screen: Screen
    course: Course


Work = Callable[[Desk], Awaitable[Outcome]]
Bare = Callable[[Screen, Course], Awaitable[Outcome | None]]


def run(common: Common, work: Work, *, noted: Noted = Noted(), keyless: bool = False) -> Code:
    """Work with a client of the gateway."""

    async def at_desk(screen: Screen, course: Course) -> Outcome:
        async with _client(common, noted, keyless=keyless) as suno:
            return await work(Desk(suno.with_options(submission_id=noted.id), common, screen, course))

    return run_bare(common, at_desk)


def run_bare(common: Common, work: Bare) -> Code:
    """Everything that happens ends in a code. The event loop begins and ends here."""
    screen, course = Screen(common), Course()
    with _logging(common):
        try:
            outcome = anyio.run(work, screen, course)
            if outcome is not None:
                screen.show(outcome)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - each kind has its words and its code
            course.learn(error)
            tell(common, screen, error, course)
            return code_of(error)
    return Code.DONE


def tell(common: Common, screen: Screen, error: BaseException, course: Course) -> None:
    """One document on standard output, or a line or two on standard error."""
    if common.verbose:
        screen.complain("".join(traceback.format_exception(error)))
    if common.as_json:
        screen.document(error_document(error, course))
        return
    said = said_of(error, course)
    for line in filter(None, (said.text, said.hint)):
        screen.complain(line)


def polling_of(base_url: str | None, dialect: str) -> Polling:
    """A sandbox on this machine may be asked more often. A self-hosted server passes each look on to Suno."""
    near = is_loopback(host_of(base_url or "")) and dialect != "gcui"
    return Polling(first_s=0.3, max_s=2.0) if near else Polling()


def _client(common: Common, noted: Noted, *, keyless: bool) -> SunoClient:
    if (noted.journal is None) != (noted.id is None):
        raise Usage("--journal and --id belong together.", "The id names this one wish, the file remembers it.")
    suno = SunoClient(
        common.key or (NO_KEY if keyless else ""),
        base_url=common.base_url,
        dialect=common.dialect,
        timeout_s=min(CALL_S, common.timeout_s),
        journal=None if noted.journal is None else FileJournal(noted.journal),
    )
    return suno.with_options(polling=polling_of(common.base_url, suno.dialect))


@contextmanager
def _logging(common: Common) -> Generator[None]:
    """--verbose: what the client logs, on standard error, for as long as the command runs."""
    if not common.verbose:
        yield
        return
    logger, handler = logging.getLogger("suno_client"), logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Blotted(common))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


class _Blotted(logging.Formatter):
    def __init__(self, common: Common) -> None:
        super().__init__(FORMAT)
        self._common = common

    def format(self, record: logging.LogRecord) -> str:
        return self._common.blot(super().format(record))
