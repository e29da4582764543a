"""Fault points: named moments at which a proof makes this process die, stop, fail or wait. Else they do nothing.

CONDUCTR_FAULTS holds `name:hit:action` parts, comma between: "media.renamed:2:kill9". `hit` is which pass through the
point, "2+" every one from the second on; the name "*" is any point. Refused unless CONDUCTR_ENV is "test".
"""

from __future__ import annotations

import errno
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import count

from attrs import field, frozen

from .errors import FaultsRefused

PLAN_SETTING, PLACE_SETTING = "CONDUCTR_FAULTS", "CONDUCTR_ENV"
DELAY_S = 1.0  # where the action names none
PART = re.compile(
    r"(?P<name>[a-z_.]+|\*):(?P<hit>[1-9]\d{0,8})(?P<on>\+?):(?P<action>[a-z0-9]+)(=(?P<seconds>\d+(\.\d+)?))?"
)

# Each stands in the code where it happens; tests/proof looks that it does.
POINTS = frozenset({
    "gen.before_reserve",  # a wish is allowed; neither its row nor its quota is written
    "gen.after_reserve",  # row and quota are committed; nothing was sent
    "gen.after_attempt_row",  # the attempt says submitting, committed
    "gen.before_post",  # the next step is the paid call
    "gen.after_post_before_store",  # Suno has taken it, and only this process knows
    "gen.after_store_task",  # the task's number is committed
    "gen.poll",  # the task's record was read
    "gen.cb_received",  # a callback came; nobody was woken yet
    "gen.cb_before_commit",  # what a look at the task brought is about to be committed
    "gen.cb_after_commit",  # it is committed; nobody was told
    "gen.finalize",  # every take is kept or lost; the generation does not say so yet
    "media.part_open",  # before the first byte of a file
    "media.part_written",  # its bytes are written; they may be in no more than memory
    "media.part_fsynced",  # on the disk, under a name that nobody reads
    "media.validated",  # a song's file was decoded whole; it is in no store yet
    "media.renamed",  # under its key; its folder is not on the disk yet
    "media.dir_fsynced",  # there for good; no row says so
    "media.row_ready",  # the row says ready; nobody was told
    "queue.before_tx",  # a queue's change is made up; nothing is written
    "queue.in_tx",  # its snapshot is written, its event is not
    "queue.after_commit",  # both are committed; nobody was told
    "queue.after_ack",  # who asked has the answer
    "player.start",  # a room is about to be opened
    "player.position_saved",  # the place in the song is committed
    "outbox.claimed",  # a notice is this process's to send
    "outbox.sent",  # it is told of, and says so
    "job.claimed",  # a job is this process's to do
    "job.done",  # it says that it is done
    "lease.acquired",  # a guild is this process's
    "lease.renewed",  # and is so for longer
    "store.before_commit",  # any transaction: all is written but not committed
    "store.after_commit",  # any transaction: committed, and who asked does not know
})  # fmt: skip


class FaultInjected(Exception):
    """What the action `raise` raises: an error that nobody foresaw."""


@frozen(eq=False)
class _Rule:
    first: int
    lasting: bool
    act: Callable[[], None]
    _passes: count[int] = field(factory=lambda: count(1))

    def met(self) -> None:
        number = next(self._passes)
        if number == self.first or (self.lasting and number > self.first):
            self.act()


_armed: dict[str, tuple[_Rule, ...]] = {}
_passed: Counter[str] = Counter()
_plan = ""


def faultpoint(name: str) -> None:
    """Do here what the plan says of `name`. Raises FaultInjected or OSError (no space) where it says so."""
    rules = _armed.get(name)
    if rules is not None:
        _passed[name] += 1
        for rule in rules:
            rule.met()


def arm(environment: Mapping[str, str]) -> None:
    """Take the plan that stands in `environment`, if one does; the same again changes nothing. Raises FaultsRefused."""
    global _plan  # noqa: PLW0603 - a process has one plan
    plan = environment.get(PLAN_SETTING, "").strip()
    if not plan or (plan == _plan and environment.get(PLACE_SETTING) == "test"):
        return
    if environment.get(PLACE_SETTING) != "test":
        raise FaultsRefused(f"{PLACE_SETTING} is not test")
    _armed.update(_read(plan))
    _plan = plan


@contextmanager
def injected(plan: str) -> Generator[None]:
    """Faults for a test's own process, within the `with` only. Raises FaultsRefused for a plan that cannot be read."""
    before = dict(_armed)
    _passed.clear()
    try:
        _armed.update(_read(plan))
        yield
    finally:
        _armed.clear()
        _armed.update(before)


def passed() -> dict[str, int]:
    """How often each armed point was met."""
    return dict(_passed)


def _read(plan: str) -> dict[str, tuple[_Rule, ...]]:
    rules: dict[str, tuple[_Rule, ...]] = {}
    for part in plan.split(","):
        found = PART.fullmatch(part.strip())
        if found is None:
            raise FaultsRefused(f"{part.strip()!r} is not name:hit:action")
        rule = _Rule(int(found["hit"]), bool(found["on"]), _action(found["action"], found["seconds"]))
        for name in POINTS if found["name"] == "*" else (found["name"],):
            if name not in POINTS:
                raise FaultsRefused(f"there is no fault point {name!r}")
            rules[name] = (*rules.get(name, ()), rule)
    return rules


def _action(name: str, seconds: str | None) -> Callable[[], None]:
    if seconds is not None and name != "delay":
        raise FaultsRefused(f"the action {name!r} takes no seconds")
    match name:
        case "kill9":
            return lambda: os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            return lambda: os.kill(os.getpid(), signal.SIGSTOP)
        case "raise":
            return _raise
        case "enospc":
            return _no_space
        case "delay":
            return lambda: time.sleep(DELAY_S if seconds is None else float(seconds))  # the event loop stands, too
        case "count":
            return lambda: None
        case _:
            raise FaultsRefused(f"there is no action {name!r}")


def _raise() -> None:
    raise FaultInjected


def _no_space() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
