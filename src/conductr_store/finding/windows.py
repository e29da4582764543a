"""Windows: the next few thousand songs in an order, where an engine that finds in no order should look first. Pure."""

from __future__ import annotations

from attrs import frozen

from .tokens import LAST_TEN, UNKNOWN_LENGTH, length_tokens, stretch_tokens


@frozen
class Sample:
    """The newest songs of a scope: how many, and their numbers; `first` is the oldest of the whole scope."""

    songs: int = 0
    oldest: int = 0
    newest: int = 0
    first: int = 0


@frozen
class Window:
    """Songs from .. to by number (not with the upper one), all of which have one of `tokens` where there are any."""

    low: int
    high: int
    tokens: tuple[str, ...]


def newest_window(sample: Sample, songs: int, bounds: tuple[int | None, int | None]) -> Window:
    """The `songs` newest within `bounds`, more or less: as dense as the sample is."""
    low, high = _within(sample, bounds)
    return _window(max(low, high - _span(sample, songs)), high)


def oldest_window(sample: Sample, songs: int, bounds: tuple[int | None, int | None]) -> Window:
    low, high = _within(sample, bounds)
    return _window(low, min(high, low + _span(sample, songs)))


def bounded(sample: Sample, bounds: tuple[int | None, int | None]) -> Window:
    """All within `bounds`."""
    return _window(*_within(sample, bounds))


def longer_tokens(least_s: float, most_s: float | None) -> tuple[str, ...]:
    """Of songs from `least_s` to `most_s` long, and some more; a song whose length is not known is 0 s long."""
    known = length_tokens(min(int(least_s) // 10, LAST_TEN), None if most_s is None else int(most_s) // 10 + 1)
    return (*known, UNKNOWN_LENGTH) if least_s <= 0 else known


def _within(sample: Sample, bounds: tuple[int | None, int | None]) -> tuple[int, int]:
    low, high = bounds
    least, most = sample.first, sample.newest + 1
    return (least if low is None else max(low, least)), (most if high is None else min(high, most))


def _span(sample: Sample, songs: int) -> int:
    return max(1, (sample.newest - sample.oldest) * songs // max(1, sample.songs))


def _window(low: int, high: int) -> Window:
    return Window(low, high, stretch_tokens(low, high) if low < high else ())
