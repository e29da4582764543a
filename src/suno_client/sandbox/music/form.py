"""The order of a song's sections, for any length. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suno_client.sandbox.music.score import Section

_UNIT = 4  # bars that belong together


@dataclass(frozen=True)
class Shape:
    """What sounds in each kind of section: parts by name ("drums", "bass", ...), and how strong it is."""

    parts: Mapping[str, str]
    intensity: Mapping[str, float]
    breaks: bool = True  # whether a bridge takes the drive away


_BODY = (
    ("A", 2),
    ("B", 2),
    ("A", 2),
    ("bridge", 1),
    ("B", 2),
    ("solo", 2),
    ("B", 2),
    ("bridge", 1),
    ("A", 2),
    ("B", 2),
)


def sections(bars: int, shape: Shape) -> list[Section]:
    """Sections that fill `bars` bars. Under eight there is one; then come beginning, end, and more of the middle."""
    units, rest = divmod(bars, _UNIT)
    if units < 2:
        return [_section("A", 0, bars, shape)]
    plan: list[tuple[str, int]] = [("intro", _UNIT)] if units >= 4 else []
    left = units - len(plan) - (units >= 5)
    for name, size in _cycle(left):
        plan.append((name, size * _UNIT))
    if units >= 5:
        plan.append(("outro", _UNIT + rest))
    else:
        plan[-1] = (plan[-1][0], plan[-1][1] + rest)
    start, found = 0, list[Section]()
    for name, size in plan:
        found.append(_section(name, start, size, shape))
        start += size
    return found


def _cycle(units: int) -> list[tuple[str, int]]:
    taken, place = list[tuple[str, int]](), 0
    while units > 0:
        name, size = _BODY[place % len(_BODY)]
        taken.append((name, min(size, units)))
        units -= min(size, units)
        place += 1
    if taken[-1][0] == "bridge":  # a bridge leads somewhere
        taken[-1] = ("B", taken[-1][1])
    return taken


def _section(name: str, start: int, bars: int, shape: Shape) -> Section:
    parts = frozenset(shape.parts.get(name, shape.parts["A"]).split())
    tunes = {"A": "a", "B": "b", "solo": "solo"}
    tune = tunes.get(name) if "tune" in parts else None
    return Section(name, start, bars, shape.intensity.get(name, 0.7), parts, tune)
