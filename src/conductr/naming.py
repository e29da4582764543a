"""Names that members give to playlists: what will do, and what is free. Pure."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import category

from .denials import BadName

NAME_LIMIT = 50  # letters that are seen
CODE_LIMIT = 400  # with all that is not seen: accents, joiners, variation selectors
HIDDEN = frozenset({"Cf", "Cc", "Cs", "Co"})  # they turn or hide what stands beside them
MARKS = frozenset({"Mn", "Me"})
MARKS_A_LETTER = 3
JOINER = "\N{ZERO WIDTH JOINER}"  # of emoji


def name_of(text: str) -> str:
    """In one line, without what would turn or hide the text beside it. Raises BadName: empty or long."""
    name = " ".join(_bare(text[: 4 * CODE_LIMIT]).split())
    seen = sum(category(char) not in HIDDEN | MARKS for char in name)
    if seen == 0:
        raise BadName("empty", NAME_LIMIT)
    if seen > NAME_LIMIT or len(name) > CODE_LIMIT:
        raise BadName("long", NAME_LIMIT)
    return name


def free_name(name: str, taken: Callable[[str], bool]) -> str:
    """The name with the first number behind it under which it is free."""
    number = 2
    while taken(f"{name} {number}"):
        number += 1
    return f"{name} {number}"


def _bare(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        kind = category(char)
        marks = marks + 1 if kind in MARKS else 0
        if char.isspace() or ((kind not in HIDDEN or char == JOINER) and marks <= MARKS_A_LETTER):
            kept.append(char)
    return "".join(kept)
