"""Scales, chords and their voicing. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, product

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
_STACKS = {"": 3, "7": 4, "9": 5, "6": 3, "s": 3, "a": 3}
_TOKEN = re.compile(r"(b?)([1-7])(!?)(?:\.([0-9a-z]+))?$")


@dataclass(frozen=True)
class Chord:
    """A chord as pitch classes, from its root up, and the scale that goes with it."""

    root: int
    tones: tuple[int, ...]
    scale: frozenset[int]

    def fifth(self) -> int:
        return self.tones[2]


def chord(token: str, key: int, *, minor: bool) -> Chord:
    """A chord by its degree in the key: "2.9" is the second degree with seventh and ninth, "5!.7" a dominant,
    "b7" the major chord a whole tone below the tonic; ".6", ".s", ".a" add a sixth, suspend, add a ninth.
    """
    match = _TOKEN.match(token)
    if match is None:
        raise ValueError(f"no chord: {token}")
    flat, degree, dominant, kind = match[1], int(match[2]) - 1, match[3], match[4] or ""
    scale = MINOR if minor else MAJOR
    if flat:
        root = (key + MAJOR[degree] - 1) % 12
        return Chord(
            root, (root, (root + 4) % 12, (root + 7) % 12), _classes(key, MINOR if degree in {2, 5, 6} else scale)
        )
    steps = [degree + 2 * n for n in range(_STACKS[kind])]
    tones = [key + scale[step % 7] + 12 * (step // 7) for step in steps]
    if kind == "6":
        tones.append(tones[0] + 9)
    if kind == "a":
        tones.append(tones[0] + 2)
    if kind == "s":
        tones[1] = tones[0] + 5
    classes = set(_classes(key, scale))
    if dominant:
        classes.discard(tones[1] % 12)
        tones[1] = tones[0] + 4
        classes.add(tones[1] % 12)
    return Chord(tones[0] % 12, tuple(tone % 12 for tone in tones), frozenset(classes))


def _classes(key: int, scale: tuple[int, ...]) -> frozenset[int]:
    return frozenset((key + step) % 12 for step in scale)


def progression(text: str, key: int, *, minor: bool) -> list[Chord]:
    return [chord(token, key, minor=minor) for token in text.split()]


def voiced(tones: tuple[int, ...], before: tuple[int, ...], low: int, high: int) -> tuple[int, ...]:
    """Pitches for these classes between `low` and `high` that move least from the voicing before."""
    options = [[pitch for pitch in range(low, high + 1) if pitch % 12 == tone % 12] for tone in tones]
    centre = (low + high) / 2
    best: tuple[float, tuple[int, ...]] | None = None
    for picked in product(*options):
        pitches = tuple(sorted(picked))
        if any(upper - lower < 1 for lower, upper in pairwise(pitches)):
            continue
        cramped = (
            sum(upper - lower == 1 for lower, upper in pairwise(pitches)) * 2.0 + (pitches[-1] - pitches[0] > 16) * 4.0
        )
        moved = sum(min(abs(pitch - old) for old in before) for pitch in pitches) if before else 0.0
        cost = moved + cramped + abs(sum(pitches) / len(pitches) - centre) * 0.35
        if best is None or cost < best[0]:
            best = cost, pitches
    return best[1] if best else tuple(sorted(nearest(tone, centre) for tone in tones))


def nearest(tone: int, pitch: float) -> int:
    """The pitch of this class that is nearest to `pitch`."""
    base = round(pitch)
    return min((base + step for step in range(-6, 7)), key=lambda one: ((one - tone) % 12 != 0, abs(one - pitch)))


def at_or_above(tone: int, low: int) -> int:
    return low + (tone - low) % 12
