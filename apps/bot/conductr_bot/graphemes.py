"""Where a text may be cut without breaking what a reader sees as one character. Pure."""

from __future__ import annotations

import re
import unicodedata

JOINER = "\u200d"
MOST_MARKS = 4  # on one letter; more is a pile that covers the lines above and below

_TAGS = range(0xE0020, 0xE0080)  # what spells out a flag such as Scotland's
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)
_ORDERS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")  # they turn the rest of a line round


def calm(text: str) -> str:
    """Without piles of marks, and without orders that change the direction of what follows."""
    kept: list[str] = []
    marks = 0
    for char in _ORDERS.sub("", text):
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def cut_at(text: str, count: int) -> int:
    """The largest place up to `count` where a cut leaves both sides whole; `count` itself where there is none."""
    if count >= len(text):
        return len(text)
    at = count
    while at > 0 and _belongs(text, at):
        at -= 1
    return at or count


def _belongs(text: str, at: int) -> bool:
    """Whether the character at `at` is part of what stands before it."""
    char, before = text[at], text[at - 1]
    if JOINER in {before, char} or unicodedata.category(char).startswith("M"):
        return True
    code = ord(char)
    if code in _SKIN or code in _TAGS:
        return True
    return code in _FLAG and _flags_before(text, at) % 2 == 1


def _flags_before(text: str, at: int) -> int:
    """Letters of flags that stand in a row just before; they pair from the left."""
    count = 0
    while count < at and ord(text[at - 1 - count]) in _FLAG:
        count += 1
    return count
