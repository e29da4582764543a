"""How a language writes numbers, lists, times and dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

HOUR_S, MINUTE_S = 3_600, 60
_LIKE_I: Final = re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)  # where Spanish says "e" for "y"


@frozen
class Grammar:
    """`thousands` parts digits from `grouped_from` on. `date` knows day, month, hour and minute."""

    thousands: str
    grouped_from: int
    both: str
    before_i: str
    date: str
    months: tuple[str, ...]

    def number(self, number: int) -> str:
        """A whole number: 1,250 or 1.250."""
        return f"{number:,}".replace(",", self.thousands) if abs(number) >= self.grouped_from else str(number)

    def listed(self, items: Sequence[str]) -> str:
        """Some things as one phrase: a, b and c."""
        if len(items) < 2:
            return "".join(items)
        *others, last = items
        both = self.before_i if _LIKE_I.match(last) else self.both
        return f"{', '.join(others)} {both} {last}"

    def moment(self, at: datetime) -> str:
        """A moment of this year, in UTC."""
        at = at.astimezone(UTC)
        return self.date.format(day=at.day, month=self.months[at.month - 1], time=f"{at:%H:%M}")


def clock(seconds: float) -> str:
    """Seconds as people read them in every language: 3:07, 1:02:03."""
    minutes, second = divmod(int(max(0.0, seconds)), MINUTE_S)
    hours, minute = divmod(minutes, MINUTE_S)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def span(seconds: float) -> str:
    """A length of time, roughly: 40 s, 12 min, 1 h 5 min. The signs are those of SI, so it is the same everywhere."""
    whole = int(max(0.0, seconds))
    if whole < MINUTE_S:
        return f"{whole} s"
    hours, minutes = divmod(whole // MINUTE_S, MINUTE_S)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)
