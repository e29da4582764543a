"""Facets: how many of the songs that were found have which genre, style, model, length and month. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from conductr_store.records import Facet, Facets

from .tokens import GENRE, LAST_TEN, MODEL, STYLE

SHOWN = 50  # values of a facet, the most frequent
LAST_MINUTE = LAST_TEN // 6
MINUTE_LINE = "l"  # l3: from 3:00 to 3:59
DAY_LINE = "d"  # d20000: days since 1970
DAY_MS = 86_400_000


def count_facets(lines: str, counted: int, *, complete: bool) -> Facets:
    """Of `counted` songs whose labels, minutes and days stand in `lines`, one a line, a letter for the kind first."""
    kinds: dict[str, Counter[str]] = {kind: Counter() for kind in (GENRE, STYLE, MODEL, MINUTE_LINE, DAY_LINE)}
    for line, count in Counter(lines.split("\n")).items():
        if line:
            kinds[line[0]][line[1:]] += count
    lengths: Counter[str] = Counter()
    for minute, count in kinds[MINUTE_LINE].items():
        lengths[str(min(int(minute), LAST_MINUTE))] += count
    months: Counter[str] = Counter()
    for day, count in kinds[DAY_LINE].items():
        months[datetime.fromtimestamp(int(day) * DAY_MS / 1000, UTC).strftime("%Y-%m")] += count
    found = (kinds[GENRE], kinds[STYLE], kinds[MODEL], lengths, months)
    return Facets(*map(_most, found), counted=counted, complete=complete)


def _most(counts: Counter[str]) -> tuple[Facet, ...]:
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(Facet(value, count) for value, count in ordered[:SHOWN])
