"""Tongue: one language, and every text that people read in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final, Literal

from attrs import frozen

from .de import GERMAN_TEXTS
from .de.grammar import GRAMMAR as GERMAN
from .en import ENGLISH_TEXTS
from .en.grammar import GRAMMAR as ENGLISH
from .es import SPANISH_TEXTS
from .es.grammar import GRAMMAR as SPANISH
from .grammar import Grammar, clock, span

Language = Literal["en", "de", "es"]
TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": ENGLISH_TEXTS,
    "de": GERMAN_TEXTS,
    "es": SPANISH_TEXTS,
}
GRAMMARS: Final[Mapping[Language, Grammar]] = {"en": ENGLISH, "de": GERMAN, "es": SPANISH}
COMMAND_SEEN: Final = re.compile(r"(?<![\w/:])/([a-z]+(?:-[a-z]+)*)")  # as texts name a command: /play
COMMAND_NAME: Final = re.compile(r"command\.[^.]+\.name")

Value = str | int | datetime


@frozen(eq=False)
class Tongue:
    """Texts by key, with what belongs in them: `tongue("queue.songs", count=3)`.

    A key that is written `.one` and `.other` in the catalogue is asked for without that ending, and with a `count`.
    Whole numbers and moments are written as the language writes them; other values stand as they are given.
    """

    language: Language
    grammar: Grammar
    _texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: Value) -> str:
        """Raises KeyError for a key, or a value, that is not there."""
        if (count := values.get("count")) is not None:
            plural = f"{key}.one" if count == 1 else f"{key}.other"
            key = plural if plural in self._texts else key
        return self._texts[key].format_map({name: self.said(value) for name, value in values.items()})

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def template(self, key: str) -> str:
        """A text before anything is put into it. Raises KeyError."""
        return self._texts[key]

    def command(self, name: str) -> str:
        """A command as the reader's Discord calls it: /play. Raises KeyError."""
        return self._texts[f"/{name}"]

    def said(self, value: Value) -> str:
        """A value as it stands in a text."""
        if isinstance(value, datetime):
            return self.moment(value)
        return self.number(value) if isinstance(value, int) else value

    def number(self, number: int) -> str:
        return self.grammar.number(number)

    def listed(self, items: Sequence[str]) -> str:
        return self.grammar.listed(items)

    def moment(self, at: datetime) -> str:
        return self.grammar.moment(at)

    def clock(self, seconds: float) -> str:
        """A place in a song: 3:07."""
        return clock(seconds)

    def span(self, seconds: float) -> str:
        """How long something lasts: 1 h 5 min."""
        return span(seconds)


@cache
def tongue_of(language: Language, commands: Language) -> Tongue:
    """What speaks a language; commands are called as the reader's Discord calls them."""
    names = TEXTS[commands]

    def called(found: re.Match[str]) -> str:
        return "/" + names.get(f"command.{found[1]}.name", found[1])

    texts = {key: COMMAND_SEEN.sub(called, text) for key, text in TEXTS[language].items()}
    called_so = {f"/{key.split('.')[1]}": f"/{name}" for key, name in names.items() if COMMAND_NAME.fullmatch(key)}
    return Tongue(language, GRAMMARS[language], texts | called_so)
