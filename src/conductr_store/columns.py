"""Values that SQLite and PostgreSQL would keep differently, made to come back the same from both."""

from __future__ import annotations

from datetime import UTC, datetime
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

from .records import utc

if TYPE_CHECKING:
    from sqlalchemy import Dialect

UNREADABLE = "\N{REPLACEMENT CHARACTER}"


class Moment(TypeDecorator[datetime]):
    """Aware UTC in and out. SQLite has no time zones: there it is UTC without saying so, and sorts as text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return utc(value).replace(tzinfo=None) if dialect.name == "sqlite" else utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """People's text. PostgreSQL refuses NUL and both refuse half a surrogate pair: those become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - theirs
        return None if value is None else readable(value)


class Lines(TypeDecorator[tuple[str, ...]]):
    """Short texts, one a line, as people's text that a search can read. None of them holds a line's end."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - theirs
        return None if value is None else readable("\n".join(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002 - theirs
        return None if value is None else tuple(value.split("\n")) if value else ()


def readable(text: str) -> str:
    """`text` as every engine can keep it."""
    if "\0" in text:
        text = text.replace("\0", UNREADABLE)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(UNREADABLE if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text


def strict_json(value: Any) -> str:
    """JSON without NaN and Infinity, which only SQLite would swallow."""
    return dumps(value, allow_nan=False)


def as_kept(value: Any) -> Any:
    """`value` as it comes back from a JSON column: tuples are lists, keys are text."""
    return loads(strict_json(value))
