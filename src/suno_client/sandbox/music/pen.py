"""Writing notes in beats, with swing and a human hand; the score gets them in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from suno_client.sandbox.music.harmony import Chord
from suno_client.sandbox.music.score import Note, Score, Section

_LEVELS = {"X": 0.95, "x": 0.76, "o": 0.55, "-": 0.32, ".": 0.0}


@dataclass(frozen=True)
class Clock:
    """When a beat sounds. `swing` is the share of a pair of `pair` beats that its first half takes; 0.5 is straight.

    From `ritard_beat` on the time grows ever slower.
    """

    bpm: float
    swing: float = 0.5
    pair: float = 1.0
    ritard_beat: float = 1e9
    ritard: float = 0.0

    def seconds(self, beat: float) -> float:
        pairs, place = divmod(beat / self.pair, 1.0)
        place = place * 2 * self.swing if place < 0.5 else self.swing + (place - 0.5) * 2 * (1 - self.swing)
        swung = (pairs + place) * self.pair
        late = max(0.0, swung - self.ritard_beat)
        return (swung + self.ritard * late * late) * 60.0 / self.bpm


@dataclass(frozen=True)
class Bar:
    """One bar as the players see it. `voicing` is in pitches, `start` in beats, `index` counts in the section."""

    start: float
    beats: int
    chord: Chord
    following: Chord
    voicing: tuple[int, ...]
    section: Section
    index: int
    number: int
    dice: Random

    @property
    def last(self) -> bool:
        return self.index == self.section.bars - 1

    @property
    def closing(self) -> bool:
        """The last of four, where players turn round."""
        return self.index % 4 == 3 or self.last

    def plays(self, part: str) -> bool:
        return part in self.section.parts

    @property
    def force(self) -> float:
        return 0.72 + 0.28 * self.section.intensity


class Pen:
    """Writes onto one score. `loose_s` is how far from the grid a hand may be."""

    def __init__(self, score: Score, clock: Clock, dice: Random, loose_s: float = 0.006) -> None:
        self.score, self.clock, self._dice, self._loose_s = score, clock, dice, loose_s

    def note(  # noqa: PLR0917 - in the order in which a score is read
        self, channel: str, voice: str, beat: float, beats: float, pitch: float, velocity: float,
        *, pan: float = 0.0, late_s: float = 0.0,
    ) -> None:  # fmt: skip
        start = self.clock.seconds(beat)
        length = max(0.05, self.clock.seconds(beat + beats) - start)
        at = max(0.0, start + late_s + self._dice.gauss(0.0, self._loose_s))
        velocity = max(0.08, min(1.0, velocity * self._dice.uniform(0.92, 1.06)))
        self.score.notes.append(Note(channel, voice, at, length, pitch, velocity, pan))

    def chord(  # noqa: PLR0917 - in the order in which a score is read
        self, channel: str, voice: str, beat: float, beats: float, pitches: Sequence[int], velocity: float,
        *, strum_s: float = 0.0, down: bool = True, width: float = 0.0,
    ) -> None:  # fmt: skip
        """Several notes, struck together or one after another; `width` spreads them from left to right."""
        ordered = sorted(pitches, reverse=not down)
        for place, pitch in enumerate(ordered):
            pan = width * (2 * place / max(1, len(ordered) - 1) - 1) if width else 0.0
            self.note(
                channel, voice, beat, beats, pitch, velocity * (1.0 - 0.03 * place), pan=pan, late_s=strum_s * place
            )

    def drums(
        self, bar: Bar, pattern: Mapping[str, str], *, level: float = 1.0, late_s: Mapping[str, float] | None = None
    ) -> None:
        """A bar of strokes: for each piece, one sign a sixteenth (or an even share of the bar)."""
        for piece, line in pattern.items():
            signs = line.replace(" ", "")
            step = bar.beats / len(signs) if bar.beats != 4 and len(signs) % 4 else 4 / len(signs)
            count = min(len(signs), round(bar.beats / step))
            for place, sign in enumerate(signs[:count]):
                if _LEVELS[sign]:
                    pan = _PANS.get(piece.split(".")[0], 0.0)
                    late = (late_s or {}).get(piece.split(".")[0], 0.0)
                    self.note(
                        "drums", piece, bar.start + place * step, 0.25, 0, _LEVELS[sign] * level, pan=pan, late_s=late
                    )


_PANS = {
    "hat": 0.25,
    "ride": -0.3,
    "shaker": -0.4,
    "tambourine": 0.35,
    "rim": 0.15,
    "crash": -0.2,
    "brush": -0.1,
    "tom": 0.1,
}
