"""Melodies: motifs that return, chord tones on strong beats, phrases that close. Pure and seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from suno_client.sandbox.music.harmony import Chord

Cell = tuple[tuple[float, float], ...]  # the (beat, beats) of a bar's notes


@dataclass(frozen=True)
class TuneStyle:
    """How a genre sings. `cells` are rhythms of a bar, `ends` those that close a phrase."""

    cells: tuple[Cell, ...]
    ends: tuple[Cell, ...]
    low: int
    high: int
    leaps: float = 0.25  # the share of moves that are wider than a step
    five_tones: bool = False  # pentatonic
    rests: float = 0.0  # the chance that a bar in the middle is left out


@dataclass(frozen=True)
class TuneNote:
    beat: float
    beats: float
    pitch: int
    velocity: float


def rhythm(text: str) -> Cell:
    """A cell from "0 1.5:1 3": onsets in beats; a length where it is not up to the next onset."""
    parts = [part.split(":") for part in text.split()]
    onsets = [float(part[0]) for part in parts]
    lengths = [following - onset for onset, following in zip(onsets, [*onsets[1:], 4.0], strict=True)]
    return tuple(
        (onset, float(part[1]) if len(part) > 1 else length)
        for onset, length, part in zip(onsets, lengths, parts, strict=True)
    )


def rhythms(*texts: str) -> tuple[Cell, ...]:
    return tuple(rhythm(text) for text in texts)


def theme(
    style: TuneStyle, chords: Sequence[Chord], beats: int, key: int, dice: Random, *, minor: bool, high: bool = False
) -> list[TuneNote]:
    """A tune over these chords, one a bar. It says a thing, says it again, turns, and closes."""
    ladder = _ladder(style, key, minor=minor, chords=chords)
    cells = dict(zip("abc", dice.sample(style.cells, 3) if len(style.cells) >= 3 else style.cells * 3, strict=False))
    contours = {name: _contour(cell, style, dice) for name, cell in cells.items()}
    order = "abaeabcz" if dice.random() < 0.6 else "aabeaacz"
    at = len(ladder) // 2 + (2 if high else -1)
    opening: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    notes = list[TuneNote]()
    for number, chord in enumerate(chords):
        letter = order[number % 8]
        if number == len(chords) - 1:
            letter = "z"
        cell = dice.choice(style.ends) if letter in "ez" else cells[letter]
        cell = tuple((onset, min(length, beats - onset)) for onset, length in cell if onset < beats)
        if letter not in "aez" and dice.random() < style.rests:
            continue
        before = opening.get((letter, chord.tones))
        if before is not None:
            places = before
        else:
            places = _walk(cell, contours.get(letter), ladder, at, chord, style, dice, close=letter == "z")
            if letter not in "ez":
                opening[letter, chord.tones] = places
        at = places[-1] if places else at
        notes += _sung(cell, places, ladder, number * beats, number / max(1, len(chords) - 1))
    return notes


def _sung(cell: Cell, places: Sequence[int], ladder: Sequence[int], start: float, progress: float) -> list[TuneNote]:
    arch = 0.1 * (1.0 - abs(2 * progress - 1.1))
    return [
        TuneNote(
            start + onset,
            length * 0.94,
            ladder[place],
            0.66 + arch + (0.1 if onset % 2 == 0 else -0.05 if onset % 1 else 0.02),
        )
        for (onset, length), place in zip(cell, places, strict=False)
    ]


def _ladder(style: TuneStyle, key: int, *, minor: bool, chords: Sequence[Chord]) -> list[int]:
    five = (0, 3, 5, 7, 10) if minor else (0, 2, 4, 7, 9)
    classes = {(key + step) % 12 for step in five} if style.five_tones else set(chords[0].scale)
    return [pitch for pitch in range(style.low, style.high + 1) if pitch % 12 in classes]


def _contour(cell: Cell, style: TuneStyle, dice: Random) -> list[int]:
    """Steps between a motif's notes: mostly neighbours, and after a leap back the other way."""
    steps, direction = [dice.choice((-2, -1, -1, 1, 1, 2))], dice.choice((-1, 1))
    for _ in cell[1:]:
        if abs(steps[-1]) > 1:
            direction = -1 if steps[-1] > 0 else 1
            steps.append(direction)
        elif dice.random() < style.leaps:
            steps.append(direction * dice.choice((2, 2, 3)))
        else:
            direction = direction if dice.random() < 0.66 else -direction
            steps.append(direction if dice.random() < 0.88 else 0)
    return steps


def _walk(  # noqa: PLR0917 - a private helper, called once
    cell: Cell, contour: Sequence[int] | None, ladder: Sequence[int], at: int, chord: Chord, style: TuneStyle,
    dice: Random,
    *, close: bool,
) -> list[int]:  # fmt: skip
    """Places on the ladder for the notes of one bar."""
    moves = contour or _contour(cell, style, dice)
    places = list[int]()
    middle = (len(ladder) - 1) / 2
    for number, (onset, length) in enumerate(cell):
        move = moves[number] if number < len(moves) else 0
        if number == 0 and abs(at - middle) > middle * 0.5:  # a bar that begins far out comes back
            move = abs(move) if at < middle else -abs(move)
        target = at - move if not 0 <= at + move <= len(ladder) - 1 else at + move
        if number == 0 or onset % 2 == 0 or length >= 1.0:
            wanted = chord.tones[:2] if close and number == len(cell) - 1 else chord.tones[:4]
            at = _nearest_place(ladder, target, wanted, avoid=at if move and not close else None)
        else:
            at = max(0, min(len(ladder) - 1, target))
        places.append(at)
    return places


def _nearest_place(ladder: Sequence[int], at: int, classes: Sequence[int], *, avoid: int | None = None) -> int:
    """The place nearest to `at` that has one of these pitch classes; not `avoid`, if another is near."""
    fitting = [place for place, pitch in enumerate(ladder) if pitch % 12 in classes]
    return min(fitting, key=lambda place: abs(place - at) + 2.2 * (place == avoid)) if fitting else at


def running(
    chords: Sequence[Chord], beats: int, low: int, high: int, dice: Random, *, rest: float = 0.22
) -> list[TuneNote]:
    """An improvised line in eighths: the chord on the beat, its scale between, a half step into each new chord."""
    notes, at, direction = list[TuneNote](), (low + high) // 2, 1
    for number, chord in enumerate(chords):
        ladder = [pitch for pitch in range(low, high + 1) if pitch % 12 in chord.scale]
        silent_from = dice.choice((beats - 1.0, beats - 2.0, 1.5)) if dice.random() < rest * 2 else float(beats)
        for eighth in range(beats * 2):
            onset = eighth / 2
            if onset >= silent_from or (eighth % 2 and dice.random() < rest * 0.6):
                continue
            if dice.random() < 0.16 or not low + 2 <= at <= high - 2:
                direction = -direction if low + 2 <= at <= high - 2 else (1 if at < (low + high) / 2 else -1)
            place = min(range(len(ladder)), key=lambda one: abs(ladder[one] - at)) + direction * dice.choice(
                (1, 1, 1, 2)
            )
            at = ladder[max(0, min(len(ladder) - 1, place))]
            if eighth % 4 == 0:
                at = min((pitch for pitch in ladder if pitch % 12 in chord.tones), key=lambda pitch: abs(pitch - at))
            accent = 0.14 if eighth % 2 and dice.random() < 0.5 else 0.0
            long = onset + 0.5 >= silent_from
            notes.append(
                TuneNote(number * beats + onset, 0.9 if long else 0.47, at, 0.6 + accent + dice.uniform(-0.05, 0.05))
            )
    return notes
