"""A song on paper: notes in seconds, the channels they sound on, and how the room is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """One note or stroke. `pitch` is MIDI, 0 for drums; `velocity` 0-1; `pan` -1 left to 1, added to the channel's."""

    channel: str
    voice: str
    at_s: float
    length_s: float
    pitch: float
    velocity: float
    pan: float = 0.0


@dataclass(frozen=True)
class Channel:
    """One strip of the mixing desk; levels are factors, `duck` how far the kick pushes it down (0-1)."""

    gain: float = 1.0
    pan: float = 0.0
    reverb: float = 0.15
    echo: float = 0.0
    duck: float = 0.0


@dataclass(frozen=True)
class Room:
    """Reverb and echo, and what happens to the sum. `dull_hz` is where the master's highs begin to fall."""

    reverb_s: float = 1.6
    reverb_dull_hz: float = 5_000.0
    echo_beats: float = 0.75
    echo_again: float = 0.4
    dull_hz: float = 17_000.0
    warmth: float = 0.15  # 0-1, tape-like saturation
    wow: float = 0.0  # 0-1, how unsteady the tape runs
    swell_s: float = 0.0  # how long its sounds take to reach their loudness
    texture: str | None = None  # rain, vinyl, waves, wind
    texture_gain: float = 1.0


@dataclass(frozen=True)
class Section:
    """A stretch of bars. `intensity` 0-1 moves loudness and density; `tune` names the melody that is heard."""

    name: str
    start_bar: int
    bars: int
    intensity: float
    parts: frozenset[str]
    tune: str | None = None


@dataclass
class Score:
    """A whole song, notes in order of time."""

    genre: str
    tempo_bpm: float
    beats_a_bar: int
    length_s: float
    bar_s: float
    room: Room
    channels: dict[str, Channel]
    sections: list[Section]
    seed: int
    notes: list[Note] = field(default_factory=list)
    fades: bool = True  # a loop does not

    def kicks(self) -> list[float]:
        return [note.at_s for note in self.notes if note.voice.startswith("kick")]

    def loudest(self) -> tuple[float, float]:
        """Start and end in seconds of the section that is meant to be the loudest."""
        section = max(self.sections, key=lambda one: (one.intensity, one.bars))
        return section.start_bar * self.bar_s, (section.start_bar + section.bars) * self.bar_s
