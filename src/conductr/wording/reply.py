"""Reply: what is said to a person, as plain text. No markdown and no medium: apps escape and draw it."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from conductr.languages import Tongue
from conductr.languages.tongue import Value

TITLE_SHOWN: Final = 100  # characters of a song's or playlist's title in a sentence
NAME_SHOWN: Final = 32  # of a member's name


@frozen
class Reply:
    """`text` is what happened, `hint` what to do next. Both are plain text, user text in it included."""

    text: str
    hint: str | None = None
    title: str | None = None
    ephemeral: bool = False  # only the caller need see it
    error: bool = False


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, in one line, with an ellipsis where something was cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def titled(title: str) -> str:
    """A song's or playlist's title as it stands in a sentence."""
    return shorten(title, TITLE_SHOWN)


def named(name: str) -> str:
    """A member's name as it stands in a sentence."""
    return shorten(name, NAME_SHOWN)


def by(tongue: Tongue, key: str, who: str, /, **values: Value) -> str:
    """What was done, and by whom where somebody is named."""
    return tongue(f"{key}.by", by=named(who), **values) if who else tongue(key, **values)
