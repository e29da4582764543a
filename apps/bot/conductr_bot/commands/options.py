"""What a command is, without Discord: a name, its options, and who sees the answer. Pure."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

TEXT_LIMIT = 6_000  # characters; the longest that Discord lets an option have


class Kind(Enum):
    """What a member may put into an option."""

    TEXT = "text"
    WHOLE = "whole"
    YES_NO = "yes_no"
    MEMBER = "member"


@frozen
class Option:
    """`choices` are a closed list, `worded` where each has words in the catalogue. `offers` names a completion.

    `lowest` and `highest` bound a number; `longest` a text, in characters.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[str | int, ...] = ()
    worded: bool = True
    offers: str | None = None
    lowest: int | None = None
    highest: int | None = None
    longest: int | None = None


@frozen
class Command:
    """`private`: only the caller sees the answer. `manages`: shown only to who has Manage Server, at first."""

    name: str
    options: tuple[Option, ...] = ()
    private: bool = False

    @property
    def key(self) -> str:
        """Where its words are in the catalogue."""
        return f"command.{self.name}"

    @property
    def handler(self) -> str:
        """The method of a cog that serves it."""
        return self.name.replace("-", "_")
