"""Why a wish came to nothing, in the reader's language. Rows keep the sentence in English, as they were told it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from conductr.languages import TEXTS, Tongue, tongue_for

HOLE: Final = re.compile(r"\{(\w+)\}")
ENGLISH: Final = "en"


def in_words(reason: str, tongue: Tongue) -> str:
    """The sentence as the language has it; as it stands where the catalogue does not have it (any more)."""
    if tongue.language == ENGLISH:
        return reason
    plain = _plain()
    if (key := plain.get(reason)) is not None:
        return tongue(key)
    for text, known in plain.items():  # two sentences, one after the other
        if reason.startswith(f"{text} "):
            return f"{tongue(known)} {in_words(reason[len(text) + 1 :], tongue)}"
    for pattern, known in _patterns():
        if (found := pattern.fullmatch(reason)) is not None:
            return tongue(known, **found.groupdict())
    return reason


@cache
def _plain() -> Mapping[str, str]:
    return {text: key for key, text in _reasons().items() if not HOLE.search(text)}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences with something put into them."""
    found: list[tuple[re.Pattern[str], str]] = []
    for key, text in _reasons().items():
        parts = HOLE.split(text)
        names = parts[1::2]
        if names and len(set(names)) == len(names) and any(len(part) > 8 for part in parts[::2]):
            holes = [f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)]
            found.append((re.compile("".join(holes), re.DOTALL), key))
    return tuple(found)


def _reasons() -> dict[str, str]:
    tongue = tongue_for(ENGLISH)
    wanted = (key for key in TEXTS[ENGLISH] if re.match(r"reason\.|quota\.|error\..*\.text$", key))
    return {key: tongue.template(key) for key in wanted}
