"""People's text as words that are compared: without case, accents and apostrophes, in every script. Pure.

Scripts that put no spaces between words give one word a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, normalize

WORD_LETTERS = 40  # what follows in a longer word is not looked at
WORDS_OF_A_TEXT = 2_000
WORDS_OF_A_QUESTION = 12

_ALONE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Thai, kana, Han
_PIECE = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+(?:-[^\W_{_ALONE}]+)*")
_SILENT = str.maketrans({"'": "", "\N{RIGHT SINGLE QUOTATION MARK}": "", "\N{HYPHEN}": "-"})

Parts = tuple[str, ...]  # of a word with hyphens; most have one


def words_of(text: str | None) -> Iterator[str]:
    """Its words in order; one with hyphens gives its parts, and the whole without them: lo, fi, lofi."""
    for piece in _PIECE.findall(_plain(text or ""))[:WORDS_OF_A_TEXT]:
        if "-" not in piece:  # as nearly all are
            yield piece[:WORD_LETTERS]
            continue
        parts = _parts(piece)
        yield from parts
        yield joined(parts)


def asked_words(text: str) -> tuple[Parts, ...]:
    """The words of a question, each once."""
    return tuple(dict.fromkeys(_pieces(text)))[:WORDS_OF_A_QUESTION]


def joined(parts: Parts) -> str:
    return "".join(parts)[:WORD_LETTERS]


def label(text: str) -> str:
    """A name (a genre, a tag, a model) as one word."""
    return "_".join(part for parts in _pieces(text) for part in parts)


def _pieces(text: str) -> Iterator[Parts]:
    return map(_parts, _PIECE.findall(_plain(text)))


def _parts(piece: str) -> Parts:
    return tuple(part[:WORD_LETTERS] for part in piece.split("-"))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower().replace("'", "")
    letters = normalize("NFKD", normalize("NFKD", text).casefold())
    return normalize("NFC", "".join(one for one in letters if category(one)[0] != "M")).translate(_SILENT)
