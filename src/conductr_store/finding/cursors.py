"""Cursors: where a page ended, as a word that callers hand back and need not read. Pure."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from math import isfinite
from typing import cast

from attrs import frozen

from conductr_store.errors import NotACursor
from conductr_store.records import Order

LETTERS_AT_MOST = 200
NUMBERS = range(-(2**62), 2**62)


@frozen
class Mark:
    """The last song of a page: its number, its length, and the step of the search in which it was found."""

    number: int
    length_s: float = 0.0
    step: int = 0


def cursor_of(order: Order, mark: Mark) -> str:
    plain = json.dumps([order, mark.step, mark.number, mark.length_s], separators=(",", ":"))
    return urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, order: Order) -> Mark | None:
    """Raises NotACursor for what `cursor_of` never made of this order."""
    if cursor is None:
        return None
    try:
        padded = cursor[:LETTERS_AT_MOST].encode("ascii") + b"=" * (-len(cursor[:LETTERS_AT_MOST]) % 4)
        given: object = json.loads(urlsafe_b64decode(padded))
    except (NotBase64, ValueError, RecursionError) as error:
        raise NotACursor from error
    if not isinstance(given, list):
        raise NotACursor
    match cast("list[object]", given):
        case [str(named), int(step), int(number), int() | float() as length_s] if (
            named == order and number in NUMBERS and isfinite(length_s)
        ):
            return Mark(number, float(length_s), step)
        case _:
            raise NotACursor
