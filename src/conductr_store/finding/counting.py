"""Facets: how many of the songs that were found have which genre, style, model, length and month. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from conductr_store.records import Facet, Facets

from .tokens import GENRE, LAST_TEN, MODEL, STYLE, facets_in

SHOWN = 50  # values of a facet, the most frequent
LAST_MINUTE = LAST_TEN // 6


def count_facets(rows: Iterable[tuple[str, int, float]], *, complete: bool) -> Facets:
    """Of labels, number (ms since 1970) and length in s (0: unknown) of each song."""
    kinds: dict[str, Counter[str]] = {GENRE: Counter(), STYLE: Counter(), MODEL: Counter()}
    lengths: Counter[str] = Counter()
    months: Counter[str] = Counter()
    counted = 0
    for labels, number, length_s in rows:
        counted += 1
        for kind, name in facets_in(labels):
            kinds[kind][name] += 1
        if length_s > 0:
            lengths[str(min(int(length_s) // 60, LAST_MINUTE))] += 1
        months[datetime.fromtimestamp(number / 1000, UTC).strftime("%Y-%m")] += 1
    found = (kinds[GENRE], kinds[STYLE], kinds[MODEL], lengths, months)
    return Facets(*map(_most, found), counted=counted, complete=complete)


def _most(counts: Counter[str]) -> tuple[Facet, ...]:
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(Facet(value, count) for value, count in ordered[:SHOWN])
