"""Reading answers of any gateway: JSON that may be anything, and the HTTP status where there is no envelope. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import cast

from ._wire import Answer
from .errors import (
    RATE_WINDOW_S,
    REASON_LIMIT,
    BadKey,
    Misunderstood,
    OutOfCredits,
    Refused,
    SunoError,
    TooMany,
    Unanswered,
)

MODERATION_WORDS = ("sensitive", "moderat", "copyright", "inappropriate", "prohibited", "policy", "violat", "artist")
CREDIT_WORDS = ("credit", "insufficient", "top up", "balance")


def json_of(body: bytes | str) -> object:
    """The document, or None where it is none: cut, too deep, not text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def object_of(value: object) -> dict[str, object]:
    """The object in `value`, which may be a JSON document inside a string; {} where it is something else."""
    parsed = json_of(value) if isinstance(value, str) else value
    return cast("dict[str, object]", parsed) if isinstance(parsed, dict) else {}


def list_of(value: object) -> list[object]:
    """As object_of, for a list."""
    parsed = json_of(value) if isinstance(value, str) else value
    return cast("list[object]", parsed) if isinstance(parsed, list) else []


def int_of(value: object) -> int | None:
    """A whole number, also one in a string; a fraction is cut off."""
    try:
        return int(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None


def number_of(value: object) -> float | None:
    """As int_of, with its fraction; no infinity, no NaN."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def pick(data: Mapping[str, object], *names: str) -> object:
    """The first of these that holds something: gateways spell a field in two ways (suno.md 2A.8c)."""
    return next((data[name] for name in names if data.get(name) not in (None, "")), None)


def words_of(value: object) -> str:
    """A gateway's own words, fit for a message: one line, printable, not endless."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * REASON_LIMIT]).split())[:REASON_LIMIT]


def speaks_of(reason: str, words: tuple[str, ...]) -> bool:
    return any(word in reason.lower() for word in words)


def no_envelope(answer: Answer, *, spends: bool) -> SunoError:
    """What an answer means whose body is no envelope: a proxy's page, a cut document, nothing."""
    status, request_id = answer.status, answer.request_id
    reason = f"HTTP {status} without an answer of the gateway's own"
    if status == 401:
        return BadKey(reason, status=status, request_id=request_id)
    if status == 402:
        return OutOfCredits(reason, status=status, request_id=request_id)
    if status == 429:
        wait_s = RATE_WINDOW_S if answer.retry_after_s is None else answer.retry_after_s
        return TooMany(reason, status=status, request_id=request_id, retry_after_s=wait_s)
    if status in {408, 499} or status >= 500:  # a proxy's word on a gateway that may have gone on
        return Unanswered(reason, may_be_charged=spends, status=status, request_id=request_id)
    if status >= 400:
        return Refused(reason, status=status, request_id=request_id)
    if status >= 300:
        reason = f"HTTP {status} sends elsewhere; is the base address right?"
    return Misunderstood(reason, may_be_charged=spends, status=status, request_id=request_id)
