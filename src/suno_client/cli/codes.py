"""How the suno command ends: a number for scripts, by what can be done about it. Pure.

  0  done
  1  unexpected: a fault of ours
  2  the wish or the command line is wrong, or the gateway cannot do it; nothing was charged
  3  the key is refused
  4  out of credits
  5  too many requests, or maintenance: try later
  6  the words are refused: use others
  7  the task failed
  8  the network or the gateway failed; nothing was charged: try again
  9  no usable answer: it may have been charged, so it is not repeated
 10  not done in time: go on with `suno wait`
 11  a file is not what it should be, or cannot be read or written
130  interrupted
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

from suno_client import errors

T = TypeVar("T")


class Code(IntEnum):
    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    BAD_KEY = 3
    OUT_OF_CREDITS = 4
    LATER = 5
    OTHER_WORDS = 6
    TASK_FAILED = 7
    NETWORK = 8
    PERHAPS_CHARGED = 9
    NOT_IN_TIME = 10
    FILE = 11
    INTERRUPTED = 130


MEANINGS = {
    Code.DONE: "done",
    Code.UNEXPECTED: "unexpected: a fault of ours",
    Code.USAGE: "wrong wish or command line, or the gateway cannot do it",
    Code.BAD_KEY: "the key is refused",
    Code.OUT_OF_CREDITS: "out of credits",
    Code.LATER: "too many requests, or maintenance: try later",
    Code.OTHER_WORDS: "the words are refused: use others",
    Code.TASK_FAILED: "the task failed",
    Code.NETWORK: "network or gateway failed, nothing was charged: try again",
    Code.PERHAPS_CHARGED: "no usable answer, perhaps charged: not repeated",
    Code.NOT_IN_TIME: "not done in time: go on with suno wait",
    Code.FILE: "a file is not right, or cannot be read or written",
    Code.INTERRUPTED: "interrupted",
}


class Usage(Exception):
    """A wish that the command line itself can see to be wrong, before anything is sent."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


BY_KIND: Mapping[type[BaseException], Code] = {  # the nearest ancestor counts
    Usage: Code.USAGE,
    errors.InvalidRequest: Code.USAGE,
    errors.BadKey: Code.BAD_KEY,
    errors.OutOfCredits: Code.OUT_OF_CREDITS,
    errors.TooMany: Code.LATER,
    errors.Maintenance: Code.LATER,
    errors.PromptRejected: Code.OTHER_WORDS,
    errors.Refused: Code.USAGE,
    errors.TaskFailed: Code.TASK_FAILED,
    errors.NotSent: Code.NETWORK,
    errors.Unanswered: Code.PERHAPS_CHARGED,
    errors.Misunderstood: Code.PERHAPS_CHARGED,
    errors.NotJournaled: Code.PERHAPS_CHARGED,
    errors.WaitTimeout: Code.NOT_IN_TIME,
    errors.BadMedia: Code.FILE,
    OSError: Code.FILE,
    KeyboardInterrupt: Code.INTERRUPTED,
    BaseException: Code.UNEXPECTED,
}


def code_of(error: BaseException) -> Code:
    """An answer that is missing counts as "perhaps charged" only where something was to be paid for."""
    if isinstance(error, errors.Unanswered | errors.Misunderstood) and not error.may_be_charged:
        return Code.NETWORK
    if isinstance(error, errors.TaskFailed) and error.moderated:
        return Code.OTHER_WORDS
    return nearest(BY_KIND, error)


def nearest(table: Mapping[type[BaseException], T], error: BaseException) -> T:
    """What the table says of the error's class, or else of its nearest ancestor there."""
    return next(table[kind] for kind in type(error).__mro__ if kind in table)
